"""Messages on calm connections: from the sender's socket to the receivers' screens, on rows.

The same steps as in `models.channels`, `models.servers.intake`, `fan_out` and the backplane that
broadcasts, where they are simplest: a message that nobody answers, a store that answers after a
while, a backplane that works, receivers who do nothing but look.
"""

from __future__ import annotations

import math
from typing import Any

from models.calm import mail, posts, repairs, rows
from models.calm.acking import acks
from models.calm.works import DIED, LATER, at_work, book_work, over
from sim.core.calendar import INTEGERS, WHAT, WHO, book
from sim.core.compiled import part
from sim.core.lines import NOT_CALM, transmit
from sim.core.queues import (
    DOWN,
    EPOCH,
    IN_HAND,
    QUEUE_LIMIT_S,
    ROOM_TURNS,
    SLOWNESS,
    is_hindered,
    occupy,
    occupy_in_turn,
    occupy_one_by_one,
    start_s,
)  # fmt: skip
from sim.history import LIST
from sim.transport.connection import CLIENT
from sim.transport.wire import mss_bytes

MSS_BYTES = mss_bytes()
NAMES = 0x7FFFFFFF  # names are below (`sim.transport.names.of_message`)


@part
def act(state: Any, message: int) -> int:
    """The time of an action has come: its client writes it, and the next one's time is booked."""
    post = state.mail
    number = post.client[post.actor[message]]
    state.told[1] = message
    if number < 0 or not post.may[post.action[message]] & mail.SENDS:
        return rows.ACT_NOW
    row, at = state.connections, number * rows.CONNECTION
    size_bytes = post.up_bytes[message]
    if row[at + rows.CALM] == 0.0 or size_bytes > MSS_BYTES:
        return rows.ACT_NOW
    session = -1
    if post.may[post.action[message]] & mail.SENT_ACKED:
        session = acks.client_of(post.actor[message])
        if not acks.takes(state.acking.row, session, number):
            return rows.ACT_NOW
    line, now_s = int(row[at + rows.LINE]), state.now_s[0]
    name = message << 2 & NAMES
    arrive_s = transmit(state.lines, state.links, line, now_s, size_bytes, name)
    if arrive_s != NOT_CALM:
        book(state.calendar, arrive_s, rows.ACT_ARRIVES, number, message, CLIENT)
        row[at + rows.UNDER_WAY] += 1.0
    elif repairs.write(state, number, CLIENT, size_bytes, rows.ACT_ARRIVES, message) < 0:
        return rows.ACT_NOW
    if session >= 0:
        post.packet[message] = acks.submit(state, session, message)
    if math.isnan(post.sent_s[message]):
        post.sent_s[message] = now_s
    book_act(state, message + 1)
    return rows.DONE


@part
def book_act(state: Any, message: int) -> None:
    """Book an action for its time, if there is one."""
    if message < len(state.mail.act_s):
        book(state.calendar, state.mail.act_s[message], rows.ACT, 0, message, 0)


@part
def act_arrives(state: Any, number: int, message: int) -> int:
    """A message has reached its client's server, which reads it when it gets to it."""
    post, queues, now_s = state.mail, state.queues, state.now_s[0]
    row, at = state.connections, number * rows.CONNECTION
    process, turn = int(row[at + rows.PROCESS]), int(row[at + rows.TURN])
    state.told[1], state.told[2] = number, message
    if start_s(queues, process, now_s) - now_s > queues.row[process + QUEUE_LIMIT_S]:
        return rows.ARRIVED
    acks.hear_data(state, number)
    post.in_hand[message] += 1
    done_s = occupy_in_turn(queues, process, now_s, post.real[mail.IN_S], turn)
    queues.row[process + IN_HAND] += 1.0
    book_work(state, done_s, rows.READ, number, message, process)
    return rows.DONE


@part
def read(state: Any, slot: int) -> int:
    """The process has read a message: it goes to the store, or at once to its receivers."""
    whole, post = state.calendar.whole, state.mail
    number, message = whole[slot * INTEGERS + WHO], whole[slot * INTEGERS + WHAT]
    process = int(state.connections[number * rows.CONNECTION + rows.PROCESS])
    state.told[1], state.told[2] = number, message
    working = at_work(state, slot, process)
    if working == LATER:
        return rows.DONE
    if working == DIED:
        return rows.LOST_READ
    action, person = post.action[message], post.actor[message]
    if action == LIST or (post.whole[mail.SEATED] != 0 and post.seat[person] != number):
        return rows.TAKE
    acked = post.may[action] & mail.SENT_ACKED
    if acked and not acks.can_answer(state, number):
        return rows.TAKE
    code = _take_in(state, process, number, message)
    if code == rows.TAKE:
        return code
    if acked:
        acks.answer(state, number, message)
    return over(state, process, code)


@part
def _take_in(state: Any, process: int, number: int, message: int) -> int:
    """Deliver a message, or have it stored first; TAKE, and nothing is done, elsewhere."""
    post, now_s = state.mail, state.now_s[0]
    if not post.may[post.action[message]] & mail.STORES:
        code = accept(state, process, message)
        post.in_hand[message] -= 1
        return code
    store = post.whole[mail.STORE]
    if post.whole[mail.WRITES] == 0 or is_hindered(state.queues, store, now_s):
        return rows.TAKE
    epoch = int(state.queues.row[process + EPOCH])
    state.queues.row[process + IN_HAND] += 1.0
    book(state.calendar, now_s + post.real[mail.WRITE_S], rows.WRITTEN, number, message, epoch)
    return rows.DONE


@part
def written(state: Any, number: int, message: int, epoch: int) -> int:
    """The store has committed a message; the process that asked may have died meanwhile."""
    post = state.mail
    process = int(state.connections[number * rows.CONNECTION + rows.PROCESS])
    state.told[1], state.told[2], state.told[3] = number, message, epoch
    if epoch != int(state.queues.row[process + EPOCH]) or post.stored[message] != 0:
        return rows.LATE
    post.in_hand[message] -= 1
    post.stored[message] = 1
    post.committed[post.commits[0]] = message
    post.commits[0] += 1
    return over(state, process, accept(state, process, message))


@part
def accept(state: Any, process: int, message: int) -> int:
    """The servers are responsible for a message from now on, and deliver it."""
    if math.isnan(state.mail.accepted_s[message]):
        state.mail.accepted_s[message] = state.now_s[0]
    return fan_out(state, process, message)


@part
def fan_out(state: Any, process: int, message: int) -> int:
    """Deliver to members at this process, publish for those at others."""
    post = state.mail
    state.told[1], state.told[2] = process, message
    if not _is_plain(state, process, message):
        return rows.FAN_OUT
    absent = _absent(post, message)
    local = _gather(post, message, process)
    if local >= 0:
        deliver(state, local, message)
    publish(state, process, message)
    state.told[3] = absent
    return rows.ABSENT if absent > 0 else rows.DONE


@part
def _is_plain(state: Any, process: int, message: int) -> bool:
    """Whether a message can be delivered here: nobody's home is down, and the backplane works."""
    post, queue = state.mail, state.queues.row
    if post.whole[mail.LISTS] == 0 or queue[process + DOWN] != 0.0:
        return False
    backplane = post.whole[mail.BACKPLANE]
    if backplane >= 0 and queue[backplane + DOWN] != 0.0:
        return False
    if not mail.is_up(post, state.now_s[0]):
        return False
    if backplane < 0 and not mail.is_up(post, state.now_s[0] + post.real[mail.CARRY_S]):
        return False
    room = post.room[message]
    for place in range(post.first[room], post.first[room + 1]):
        home = post.home[post.members[place]]
        if home >= 0 and queue[home + DOWN] != 0.0:
            return False
    return True


@part
def _absent(post: Any, message: int) -> int:
    """Write down who has no home; how many."""
    room, sender, found = post.room[message], post.actor[message], 0
    for place in range(post.first[room], post.first[room + 1]):
        person = post.members[place]
        if person != sender and post.home[person] < 0:
            post.troubled[found] = person
            found += 1
    post.whole[mail.TROUBLED] = found
    return found


@part
def _gather(post: Any, message: int, home: int) -> int:
    """A list of the members at home there, in the pool: where it begins, -1 when there is none."""
    room, sender = post.room[message], post.actor[message]
    begin = post.whole[mail.TOP]
    top = begin + mail.PEOPLE
    for place in range(post.first[room], post.first[room + 1]):
        person = post.members[place]
        if person != sender and post.home[person] == home:
            post.pool[top] = person
            top += 1
    count = top - begin - mail.PEOPLE
    if count == 0:
        return -1
    post.pool[begin + mail.COUNT], post.pool[begin + mail.NODE] = count, home
    post.pool[begin + mail.WRITTEN] = 0
    post.whole[mail.TOP] = top
    post.whole[mail.LIVE] += 1
    return begin


@part
def forget(post: Any) -> None:
    """A list in the pool is done with: the pool is empty when all are."""
    post.whole[mail.LIVE] -= 1
    if post.whole[mail.LIVE] == 0:
        post.whole[mail.TOP] = 0


@part
def deliver(state: Any, people: int, message: int) -> None:
    """A process writes a message to a list of people that it holds, one after the other."""
    post, queues = state.mail, state.queues
    process, count = post.pool[people + mail.NODE], post.pool[people + mail.COUNT]
    turn = int(queues.row[process + ROOM_TURNS]) + post.room[message]
    post.in_hand[message] += count
    out_s = post.real[mail.OUT_S]
    first_s = occupy_one_by_one(queues, process, state.now_s[0], out_s, count, turn)
    queues.row[process + IN_HAND] += 1.0
    book_work(state, first_s, rows.PUSHED, people, message, process)


@part
def publish(state: Any, process: int, message: int) -> None:
    """One copy for every other gateway that runs; those without readers there only pay.

    A publication is a list in the pool: how many gateways, and for each its row and where the list
    of its people begins, -1 for none.
    """
    post, queue, now_s = state.mail, state.queues.row, state.now_s[0]
    block, reached = post.whole[mail.TOP], 0
    post.whole[mail.TOP] += 1 + 2 * post.whole[mail.GATEWAYS]
    for place in range(post.whole[mail.GATEWAYS]):
        gateway = post.gateways[place]
        if gateway != process and queue[gateway + DOWN] == 0.0:
            post.pool[block + 1 + 2 * reached] = gateway
            post.pool[block + 2 + 2 * reached] = _gather(post, message, gateway)
            reached += 1
    if reached == 0:
        post.whole[mail.TOP] = block
        return
    post.pool[block] = reached
    post.whole[mail.LIVE] += 1
    post.copies[0] += reached
    occupy(state.queues, process, now_s, post.real[mail.CROSS_S])
    backplane = post.whole[mail.BACKPLANE]
    if backplane < 0:
        carry(state, block, message)
        return
    cost_s = post.real[mail.PUBLISH_S] + post.real[mail.RECEIVER_S] * reached
    cost_s *= queue[backplane + SLOWNESS]
    post.in_hand[message] += 1
    done_s = occupy(state.queues, backplane, now_s, cost_s)
    queue[backplane + IN_HAND] += 1.0
    book_work(state, done_s, rows.CARRIED, block, message, backplane)


@part
def carried(state: Any, slot: int) -> int:
    """The process between has come to a publication."""
    whole, post = state.calendar.whole, state.mail
    block, message = whole[slot * INTEGERS + WHO], whole[slot * INTEGERS + WHAT]
    backplane = post.whole[mail.BACKPLANE]
    working = at_work(state, slot, backplane)
    if working == LATER:
        return rows.DONE
    post.in_hand[message] -= 1
    state.told[1], state.told[2] = block, message
    if working == DIED:
        return rows.LOST_CARRIED
    return over(state, backplane, carry(state, block, message))


@part
def carry(state: Any, block: int, message: int) -> int:
    """A publication is on its way to gateways with readers, and the others have a copy."""
    post, now_s = state.mail, state.now_s[0]
    arrive_s = now_s + post.real[mail.CARRY_S]
    if not mail.is_up(post, arrive_s):
        return rows.LOST_CARRIED
    read = False
    for place in range(post.pool[block]):
        gateway, people = post.pool[block + 1 + 2 * place], post.pool[block + 2 + 2 * place]
        if people >= 0:
            post.in_hand[message] += 1
            read = True
        elif state.queues.row[gateway + DOWN] == 0.0:
            occupy(state.queues, gateway, now_s, post.real[mail.CROSS_S])
    if read:
        book(state.calendar, arrive_s, rows.REACHED, block, message, 0)
    else:
        forget(post)
    return rows.DONE


@part
def reached(state: Any, block: int, message: int) -> int:
    """A publication is at the gateways with readers; one that died meanwhile is left to objects.

    What is left is the publication with those gateways alone.
    """
    post, lost = state.mail, 0
    for place in range(post.pool[block]):
        gateway, people = post.pool[block + 1 + 2 * place], post.pool[block + 2 + 2 * place]
        if people < 0:
            continue
        post.in_hand[message] -= 1
        if state.queues.row[gateway + DOWN] == 0.0:
            occupy(state.queues, gateway, state.now_s[0], post.real[mail.CROSS_S])
            deliver(state, people, message)
        else:
            post.pool[block + 1 + 2 * lost], post.pool[block + 2 + 2 * lost] = gateway, people
            lost += 1
    if lost > 0:
        post.pool[block] = lost
        state.told[1], state.told[2] = block, message
        return rows.LOST_REACHED
    forget(post)
    return rows.DONE


@part
def pushed(state: Any, slot: int) -> int:
    """A process has written a message to one of a list, and will have to the next ones soon."""
    whole, post = state.calendar.whole, state.mail
    people, message = whole[slot * INTEGERS + WHO], whole[slot * INTEGERS + WHAT]
    process, count = post.pool[people + mail.NODE], posts.next_of(state, people)
    working = at_work(state, slot, process)
    if working == LATER:
        return rows.DONE
    state.told[1], state.told[2] = people, message
    if working == DIED:
        return rows.LOST_JOB
    if post.whole[mail.POLLED] != 0:
        troubled = posts.push_all(state, people, message, count, posts.write_s(state, people))
    elif not post.may[post.action[message]] & (mail.POSTS | mail.POST_ACKED):
        return rows.PUSH
    elif post.whole[mail.SESSIONS] != 0:
        troubled = acks.push_all(state, people, message, count, posts.write_s(state, people))
    else:
        troubled = posts.post_all(state, people, message, count, posts.write_s(state, people))
    post.whole[mail.TROUBLED] = troubled
    go_on(state, people, message, count)
    state.told[1] = process
    return over(state, process, rows.TROUBLED if troubled > 0 else rows.DONE)


@part
def go_on(state: Any, people: int, message: int, count: int) -> None:
    """So many more of a list have been written to; the next follow, if there are any."""
    post, process = state.mail, state.mail.pool[people + mail.NODE]
    post.in_hand[message] -= count
    post.pool[people + mail.WRITTEN] += count
    if post.pool[people + mail.WRITTEN] == post.pool[people + mail.COUNT]:
        forget(post)
        return
    state.queues.row[process + IN_HAND] += 1.0
    next_s = state.now_s[0] + count * posts.write_s(state, people)
    book_work(state, next_s, rows.PUSHED, people, message, process)
