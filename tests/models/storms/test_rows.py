"""Small rows: 48 bytes a client, and room for every number a row may hold."""

import numpy as np

from models.storms import rows
from sim.storms.question import MOST_CLIENTS, MOST_NODES
from sim.transport.tcp import syn_delays_s, synack_delays_s


def test_a_client_takes_48_bytes():
    assert rows.CLIENT.itemsize == 48


def test_rows_hold_what_may_be_asked():
    assert np.iinfo(rows.CLIENT["next"]).max >= MOST_CLIENTS
    assert np.iinfo(rows.CLIENT["node"]).max >= MOST_NODES


def test_there_is_a_lane_for_every_repetition():
    assert len(syn_delays_s()) <= rows.SYN_ACK_LANE
    assert rows.SYN_ACK_LANE + len(synack_delays_s()) < rows.LANES
