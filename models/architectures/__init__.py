"""The architectures: full WebSocket, hybrid, long polling, MQTT and Socket.IO, with variants."""
