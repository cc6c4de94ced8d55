"""A long poll: a question that the server holds until there is something to say (RFC 6202)."""
