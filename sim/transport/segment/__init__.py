"""The segment-exact TCP connection: the reference for `sim.transport.connection`.

Start reading at `connection` (the interface), then `socket` (one end), `sender` (what leaves),
`receiver` (what arrives), `scoreboard` and `recovery` (what an acknowledgement does), `timers`.
"""
