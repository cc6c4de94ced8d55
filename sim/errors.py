"""The error for what a user gave and the program cannot use, the note for what it leaves out."""

from collections.abc import Iterable


class InputError(Exception):
    """What the user gave cannot be used. One line per problem, every problem of a file at once.

    >>> import sim
    >>> try:
    ...     sim.load_scenario(changes={"people.count": 1, "seed": -1})
    ... except sim.InputError as error:
    ...     len(error.messages)
    2
    """

    def __init__(self, messages: Iterable[str]) -> None:
        self.messages: list[str] = list(messages)
        super().__init__("\n".join(self.messages))

    def __reduce__(self) -> tuple[type["InputError"], tuple[list[str]]]:
        """So that one raised in a worker process arrives whole."""
        return type(self), (self.messages,)


class InputNote(UserWarning):
    """What the user gave is used, but not all of it. One line naming file and what is left out."""
