"""Packet sequences of real chat software, recorded and held against our protocol machines.

`situations` lists what happens, step by step. `record` plays the steps with real clients and
servers (`real_mqtt`, `real_socketio`, `real_websocket`) through a proxy (`tap`) that decodes every
packet (`wire_mqtt`, `wire_web`) and can lose a chosen one together with its connection. The test
plays the same steps with the machines (`machine_mqtt`, `machine_socketio`, `machine_websocket`) and
compares. Only names, flags, ids and sizes are kept: no timing.
"""
