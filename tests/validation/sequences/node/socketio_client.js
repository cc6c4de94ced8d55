// A Socket.IO client that does as it is told.
const { io } = require("socket.io-client");

let socket;
require("./orders")({
  connect: ({ port, options }) => {
    socket = io(`http://127.0.0.1:${port}`, {
      reconnectionDelay: 100,
      reconnectionDelayMax: 100,
      ...options,
    });
    // With state recovery the last argument is the offset, not a function.
    socket.on("m", (message, done) => typeof done === "function" && done());
  },
  emit: ({ message, ack }) => (ack ? socket.emit("m", message, () => {}) : socket.emit("m", message)),
  leave: () => socket.disconnect(),
});
