"""Names of a sender's congestion states and of the purposes of its timer.

Source: enum tcp_ca_state, include/uapi/linux/tcp.h; ICSK_TIME_*, inet_connection_sock.h.
"""

from typing import Final

OPEN: Final = 0
DISORDER: Final = 1  # something is odd, nothing is proven
REDUCED: Final = 2  # TCP_CA_CWR: the window is being lowered
RECOVERY: Final = 3  # a loss is being repaired
LOSS: Final = 4  # after a time-out

NO_TIMER: Final = 0
RETRANSMIT: Final = 1
PROBE: Final = 2
REORDER: Final = 3
