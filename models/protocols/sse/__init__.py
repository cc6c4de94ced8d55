"""Server-sent events (WHATWG HTML section 9.2): client, server's stream, sizes on the wire."""
