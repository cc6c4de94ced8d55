// Orders come in as lines of JSON, {"do": name, ...}; each is a function of `known`.
const lines = require("readline").createInterface({ input: process.stdin });

module.exports = (known) => {
  lines.on("line", (line) => {
    const order = JSON.parse(line);
    known[order.do](order);
  });
  lines.on("close", () => process.exit(0));
  console.log("ready");
};
