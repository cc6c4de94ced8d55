"""The Socket.IO channel: clients, and the sockets of the server."""
