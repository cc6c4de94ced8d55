// The Socket.IO server, and its clients of one side: node socketio.js server HOST PORT | ORDER
// ORDER and the lines written to its log are those of ../clients.py.
const fs = require("fs");

function serve(host, port) {
  const http = require("http").createServer();
  const { Server } = require("socket.io");
  const io = new Server(http);
  io.on("connection", (socket) => {
    socket.on("join", (room) => socket.join(room));
    socket.on("m", (room, text, done) => {
      io.to(room).emit("m", text);
      if (typeof done === "function") done();
    });
  });
  http.listen(port, host, () => console.log("ready"));
}

function talk(order) {
  const { io } = require("socket.io-client");
  const now_s = () => Number(process.hrtime.bigint()) / 1e9;
  const log = fs.openSync(order.log, "w");
  const note = (what, room, number) =>
    fs.writeSync(log, JSON.stringify([what, room, number, now_s()]) + "\n");
  const options = { forceNew: true };
  if (order.transport === "sio-ws") options.transports = ["websocket"];
  if (order.transport === "sio-poll") {
    const agent = new (require("http").Agent)({ keepAlive: true }); // the default opens one each time
    Object.assign(options, { transports: ["polling"], agent });
  }
  if (order.transport === "sio-retries" && order.side === "tx")
    Object.assign(options, { retries: 3, ackTimeout: 5000 });

  let joined = 0;
  const count = order.phases_s.length;
  const sockets = order.phases_s.map((_, room) => {
    const socket = io(`http://${order.host}:${order.port}`, options);
    let first = true;
    socket.on("connect", () => {
      if (order.side === "rx") socket.emit("join", `${room}`);
      // Joining takes half a round trip after this; a quiet second follows anyway.
      if (first && ++joined === count) setTimeout(() => console.log("ready"), 500);
      first = false;
    });
    socket.on("disconnect", () => note("down", room, -1));
    socket.on("m", (text) => {
      const message = JSON.parse(text);
      note("got", message.room, message.number);
    });
    return socket;
  });

  const send = (room, number) => {
    const head = `{"room":${String(room).padStart(4)},"number":${String(number).padStart(6)},`;
    const text = `${head}"text":"${"x".repeat(148)}"}`;
    note("sent", room, number);
    if (order.transport !== "sio-retries") return sockets[room].emit("m", `${room}`, text);
    sockets[room].emit("m", `${room}`, text, (error) => error && note("refused", room, number));
  };
  const later = (time_s, call) => setTimeout(call, Math.max(0, 1000 * (time_s - now_s())));
  const next = (room, number, begin_s) => {
    if (number >= order.messages) return;
    const due_s = begin_s + order.phases_s[room] + number * order.period_s;
    later(due_s, () => {
      send(room, number);
      next(room, number + 1, begin_s);
    });
  };
  require("readline").createInterface({ input: process.stdin }).once("line", (line) => {
    const begin_s = Number(line);
    if (order.side === "tx") for (let room = 0; room < count; room++) next(room, 0, begin_s);
    later(begin_s + order.messages * order.period_s + order.drain_s, () => process.exit(0));
  });
}

const [first, host, port] = process.argv.slice(2);
if (first === "server") serve(host, Number(port));
else talk(JSON.parse(first));
