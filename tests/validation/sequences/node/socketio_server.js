// A Socket.IO server on a free port of loopback that does as it is told.
const http = require("http").createServer();
const { Server } = require("socket.io");

const options = JSON.parse(process.argv[2]);
const io = new Server(http, options);
io.on("connection", (socket) => {
  socket.on("m", (message, done) => done && done());
});
http.listen(0, "127.0.0.1", () => {
  console.log(http.address().port);
  require("./orders")({
    push: ({ message, ack }) => {
      if (ack) for (const socket of io.sockets.sockets.values()) socket.emit("m", message, () => {});
      else io.emit("m", message);
    },
    dismiss: () => io.sockets.sockets.forEach((socket) => socket.disconnect()),
  });
});
