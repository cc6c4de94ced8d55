"""Server-sent events: a stream of the server's that the client only reads (WHATWG HTML 9.2)."""
