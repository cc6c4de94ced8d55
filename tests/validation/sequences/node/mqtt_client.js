// An MQTT.js client that does as it is told.
const mqtt = require("mqtt");

let client;
require("./orders")({
  connect: ({ port, clean, keepalive_s, stays_away }) => {
    client = mqtt.connect(`mqtt://127.0.0.1:${port}`, {
      clientId: "c",
      clean,
      keepalive: keepalive_s,
      reconnectPeriod: stays_away ? 0 : 100,
    });
    client.on("error", () => {});
    client.subscribe("down", { qos: 2 });
  },
  stay_away: () => { client.options.reconnectPeriod = 0; },
  publish: ({ message, qos }) => client.publish("up", message, { qos }, () => {}),
  leave: () => client.end(),
});
