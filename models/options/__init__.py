"""What channels and servers can be told: each reads its own group, none knows the design.

Every default is the real software's, and where software comes as a whole a preset stands behind the
numbers: a group or a value of it may be written as the preset's name, as numbers, or as both
(`{ preset = "paho", interval_s = 15 }`). Times in seconds. What fits together says `models.fit`.
"""

from models.options.channels import Http, LongPoll, Mqtt, SocketIo, WebSocket
from models.options.connections import BackoffOptions, Client, Connection, HeartbeatOptions, Tcp
from models.options.group import Group
from models.options.named import listed, preset
from models.options.servers import Backplane, Recovery, Rooms, Store
from models.options.whole import GROUPS, ON_A_PAGE, PRESETS, Options, Routes

__all__ = [
    "GROUPS",
    "ON_A_PAGE",
    "PRESETS",
    "BackoffOptions",
    "Backplane",
    "Client",
    "Connection",
    "Group",
    "HeartbeatOptions",
    "Http",
    "LongPoll",
    "Mqtt",
    "Options",
    "Recovery",
    "Rooms",
    "Routes",
    "SocketIo",
    "Store",
    "Tcp",
    "WebSocket",
    "listed",
    "preset",
]
