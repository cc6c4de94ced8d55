"""A small real testbed: chat software on a lossy, delaying, cuttable path, measured.

`python -m testbed FOLDER` (from tests/validation), or `rtcsim validate --measure FOLDER`, starts
real servers and clients, drives the message schedule and writes the tables that `rtcsim validate
--against FOLDER` reads. `path` makes the network, `web_server` and mosquitto serve, `clients` talk,
`measure` conducts, `tables` sums up.

Everything happens on loopback or in network namespaces of the testbed's own, in a process tree that
the kernel ends with its root. Needs the extra `validate`; MQTT needs mosquitto, Socket.IO node.
Left out: connections reset by the server, reconnect storms, service times.
"""
