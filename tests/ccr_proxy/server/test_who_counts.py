"""Which providers are asked to count tokens."""

from __future__ import annotations

import pytest

from ccr_proxy.server.who_counts import WhoCounts


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.mark.parametrize(
    ("status", "before", "seconds"),
    [
        (404, "nothing", 600),
        (405, "nothing", 600),
        (401, "nothing", 600),
        (200, "nothing", 600),
        (400, "nothing", 600),
        (400, "counted", 0),
        (404, "counted", 600),
        (0, "nothing", 60),
        (429, "counted", 60),
        (503, "nothing", 60),
    ],
)
def test_how_long_a_provider_is_left_alone(status: int, before: str, seconds: int) -> None:
    clock = Clock()
    who = WhoCounts(clock)
    if before == "counted":
        who.counted("p")
    who.failed("p", status)
    assert who.may_be_asked("other")
    assert who.may_be_asked("p") == (seconds == 0)
    clock.now += max(0, seconds - 1)
    assert who.may_be_asked("p") == (seconds == 0)
    clock.now += 1
    assert who.may_be_asked("p")


def test_a_number_ends_the_wait_and_so_does_another_configuration() -> None:
    who = WhoCounts(Clock())
    who.failed("p", 404)
    who.counted("p")
    assert who.may_be_asked("p")
    who.failed("p", 404)
    who.forget()
    assert who.may_be_asked("p")
    who.failed("p", 400)
    assert not who.may_be_asked("p")
