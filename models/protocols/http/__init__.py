"""HTTP: requests and their retries, a client's pool of connections, the poll that is held."""
