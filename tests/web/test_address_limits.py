"""What is counted by address: misses cost more and more, and never those who have what is right."""

from __future__ import annotations

from contextlib import ExitStack

import gevent
import pytest
from gevent.event import Event

from collabpad.errors import RateLimited
from collabpad.settings import Settings
from collabpad.web import address_limits as module
from collabpad.web.address_limits import AddressLimits
from collabpad.wire.client_addresses import client_network

HERE, THERE = "192.0.2.1", "192.0.2.2"


def counted(**settings: object) -> AddressLimits:
    return AddressLimits(Settings(**settings))  # type: ignore[arg-type]


def missed(addresses: AddressLimits, times: int, *, now: float = 1000.0, by: str = HERE) -> None:
    for _ in range(times):
        addresses.miss(by, now)


def test_ten_misses_a_minute_cost_nothing() -> None:
    addresses = counted()
    assert [addresses.miss(HERE, 1000.0) for _ in range(10)] == [None] * 10
    assert addresses.miss(HERE, 1000.0) is not None
    assert addresses.miss(THERE, 1000.0) is None


def test_delays_grow_to_a_bound_and_turns_come_one_after_the_other() -> None:
    addresses = counted()
    missed(addresses, 10)
    penalties = [penalty for _ in range(8) if (penalty := addresses.miss(HERE, 1000.0))]
    assert [penalty.until - 1000 for penalty in penalties] == [
        0.5,
        1.5,
        3.5,
        7.5,
        15.5,
        23.5,
        31.5,
        39.5,
    ]
    assert [penalty.delay for penalty in penalties] == [0.5, 1.5, 3.5, 7.5, 8, 8, 8, 8]


def test_three_hundred_connections_guess_no_faster_than_one() -> None:
    addresses = counted()
    missed(addresses, 10)
    penalties = [penalty for _ in range(300) if (penalty := addresses.miss(HERE, 1000.0))]
    assert penalties[-1].until - 1000 > 0.95 * 300 * module.LONGEST_DELAY


def test_a_hold_is_bounded() -> None:
    addresses = counted()
    missed(addresses, 2000)
    penalty = addresses.miss(HERE, 1000.0)
    assert penalty is not None
    assert penalty.until <= 1000 + module.LONGEST_PENALTY


def test_a_quiet_minute_forgives() -> None:
    addresses = counted()
    missed(addresses, 15)
    penalty = addresses.miss(HERE, 1000.0)
    assert penalty is not None
    later = penalty.until + 61
    missed(addresses, 10, now=later)
    again = addresses.miss(HERE, later)
    assert again is not None
    assert again.delay == module.FIRST_DELAY


def test_requests_that_wait_are_bounded_and_the_rest_are_refused_at_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    addresses = counted()
    asleep: list[float] = []

    def sleep(seconds: float) -> None:
        asleep.append(seconds)
        with pytest.raises(RateLimited):
            addresses.miss_by_request(HERE, 1000.0)  # while this one still waits

    monkeypatch.setattr(gevent, "sleep", sleep)
    for _ in range(10):
        addresses.miss_by_request(HERE, 1000.0)
    with pytest.raises(RateLimited) as refusal:
        addresses.miss_by_request(HERE, 1000.0)
    assert asleep[:5] == [0.5, 1, 2, 4, 8]
    assert len(asleep) == module.MOST_DELAYED_REQUESTS
    assert refusal.value.retry_after == module.FIRST_DELAY
    addresses.miss_by_request(THERE, 1000.0)


def test_connections_of_an_address_are_bounded() -> None:
    addresses = counted(connections_per_address=2)
    addresses.connect(HERE)
    addresses.connect(HERE)
    with pytest.raises(RateLimited):
        addresses.connect(HERE)
    addresses.connect(THERE)
    addresses.disconnect(HERE)
    addresses.connect(HERE)


def test_sessions_of_an_address_are_bounded_and_the_message_says_what_to_do() -> None:
    addresses = counted(sessions_per_hour=2)
    addresses.create_session(HERE, 1000.0)
    addresses.create_session(HERE, 1000.0)
    with pytest.raises(RateLimited, match=r"use one of them, or wait 30 minutes\.") as refusal:
        addresses.create_session(HERE, 1000.0)
    addresses.create_session(THERE, 1000.0)
    addresses.create_session(HERE, 1000.0 + refusal.value.retry_after)


def test_running_takes_from_ten_seconds_a_minute() -> None:
    addresses = counted(run_timeout=5.0)
    for seconds in (5.0, 0.5, 4.0):
        with addresses.run(HERE, 1000.0) as tell:
            tell(seconds)
    told = r"wait 3 s, or run them in a session"
    with pytest.raises(RateLimited, match=told) as refusal, addresses.run(HERE, 1000.0):
        raise AssertionError("ran")
    with addresses.run(HERE, 1000.0 + refusal.value.retry_after), addresses.run(THERE, 1000.0):
        pass


def test_two_runs_at_once_do_not_share_the_same_seconds() -> None:
    addresses = counted(run_timeout=5.0)
    with ExitStack() as running:
        for _ in range(2):
            running.enter_context(addresses.run(HERE, 1000.0))
        with pytest.raises(RateLimited):
            running.enter_context(addresses.run(HERE, 1000.0))
    with addresses.run(HERE, 1000.0), addresses.run(HERE, 1000.0):
        pass  # what was not used was given back


def test_a_run_longer_than_the_budget_may_start_when_it_is_full() -> None:
    addresses = counted(run_timeout=60.0)
    with addresses.run(HERE, 1000.0) as tell:
        tell(60.0)
    with pytest.raises(RateLimited) as refusal, addresses.run(HERE, 1000.0):
        raise AssertionError("ran")
    assert refusal.value.retry_after == pytest.approx((50 + module.SHORTEST_RUN) * 6)


def test_an_address_does_one_costly_thing_at_a_time() -> None:
    addresses = counted()
    done: list[str] = []

    def works(address: str, name: str, until: Event) -> None:
        with addresses.queued(address):
            until.wait(10)
            done.append(name)

    go, gone = Event(), Event()
    gone.set()
    first = gevent.spawn(works, HERE, "first", go)
    gevent.idle()
    others = [gevent.spawn(works, HERE, "second", gone), gevent.spawn(works, THERE, "far", gone)]
    others[1].get(timeout=10)
    assert done == ["far"]
    go.set()
    gevent.joinall([first, *others], timeout=10, raise_error=True)
    assert done == ["far", "first", "second"]
    assert not addresses._queues


def test_nothing_is_limited_where_limits_are_off() -> None:
    addresses = counted(
        rate_limits=False, connections_per_address=1, sessions_per_hour=1, guesses_per_minute=1
    )
    for _ in range(20):
        assert addresses.miss(HERE, 1000.0) is None
        addresses.miss_by_request(HERE, 1000.0)
        addresses.connect(HERE)
        addresses.create_session(HERE, 1000.0)
        with addresses.run(HERE, 1000.0) as tell, addresses.queued(HERE), addresses.queued(HERE):
            tell(100.0)


def test_the_tables_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_ADDRESSES", 100)
    addresses = counted()
    for number in range(1000):
        missed(addresses, 11, by=HERE)
        missed(addresses, 1, by=f"198.51.100.{number}")
    assert len(addresses._guesses) == 100
    assert addresses.miss(HERE, 1000.0) is not None, "who is busy is not forgotten"


@pytest.mark.parametrize(
    ("address", "counts_for"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"),
        ("2001:db8:1:2:ffff::1", "2001:db8:1:2::"),
        ("fe80::1%eth0", "fe80::"),
        ("::1", "::1"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("::ffff:127.0.0.1", "127.0.0.1"),
        ("", ""),
    ],
)
def test_an_ipv6_network_counts_as_one_address(address: str, counts_for: str) -> None:
    assert client_network(address) == counts_for
