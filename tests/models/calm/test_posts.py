"""Writing to a list of people: those on calm connections, and those who poll."""

from small import scenario

from models import DESIGNS
from models.calm import mail, posts
from models.calm.polling import polls
from sim.world import build_world

CABLE = [{"share": 1.0, "profile": "cable", "loss": {"kind": "none"}}]


def system_of(design):
    world = build_world(scenario(networks=CABLE), 0)
    system = DESIGNS[design].build(world)
    for person in range(3):
        system.join(person)
    world.engine.run(4.0)
    return world, system


def listed(system, people):
    """A list of them in the pool, at the home of the first; where it begins."""
    post = system.service.mailroom.mail.views
    post.pool[mail.COUNT], post.pool[mail.NODE] = len(people), post.home[people[0]]
    post.pool[mail.WRITTEN] = 0
    for place, person in enumerate(people, mail.PEOPLE):
        post.pool[place] = person
    return 0


def test_who_has_no_connection_is_written_down():
    _, system = system_of("full-websocket")
    calm, here = system.service.calm, listed(system, [0, 5])
    assert calm.in_rows(posts.post_all, here, 0, 2, 0.25) == 1
    assert system.service.mailroom.mail.views.troubled[0] == 5


def test_all_behind_one_who_is_not_calm_are_left_so_that_their_order_stays():
    _, system = system_of("long-poll-unbuffered")
    calm, here = system.service.calm, listed(system, [0, 5, 1])
    assert calm.in_rows(posts.push_all, here, 0, 3, 0.25) == 2
    assert list(system.service.mailroom.mail.views.troubled[:2]) == [5, 1]
    state = calm.polls.views.row
    assert state[0 * polls.WIDTH + polls.STATE] == polls.ANSWERING
    assert state[1 * polls.WIDTH + polls.STATE] == polls.HELD
    assert system.service.mailroom.mail.views.whole[mail.POLLED] == 1


def test_each_is_written_to_at_a_time_of_its_own_and_the_clock_goes_back():
    world, system = system_of("full-websocket")
    calm, here = system.service.calm, listed(system, [0, 5, 1])
    post = system.service.mailroom.mail.views
    post.home[1] = post.home[0]  # wherever it is: only the time matters
    assert calm.in_rows(posts.post_all, here, 0, 2, 0.25) == 1
    assert (post.troubled[0], post.troubled_s[0]) == (5, 4.25)
    post.pool[mail.WRITTEN] = 1
    assert calm.in_rows(posts.post_all, here, 0, 1, 0.25) == 1
    assert (post.troubled[0], post.troubled_s[0]) == (5, 4.0)
    assert calm.views.now_s[0] == world.engine.now_s == 4.0
