"""One HTTP/2 connection to an origin, shared by the requests, polls and streams of a person."""
