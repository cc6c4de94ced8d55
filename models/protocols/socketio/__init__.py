"""Socket.IO and the Engine.IO below it: packets, both ends' machines, connection state recovery."""
