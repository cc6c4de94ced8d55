"""A WebSocket whose server sheds load: every n-th delivery to a person is dropped on purpose."""
