"""Who is still to be tried."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ccr_proxy.availability.circuits import Candidate
from ccr_proxy.availability.failures import Step
from ccr_proxy.availability.keys import ApiKey
from ccr_proxy.availability.line import Line
from ccr_proxy.routing.targets import Target


def candidate(name: str, window: int | None = None) -> Candidate:
    """From provider, model and key, one letter each."""
    return Candidate(Target(name[0], name[1]), ApiKey(name[2], name), window)


def names(candidates: tuple[Candidate, ...]) -> list[str]:
    return [each.key.secret for each in candidates]


PMK, PML, PNK, QMK = (candidate(name) for name in ("pmk", "pml", "pnk", "qmk"))


@pytest.mark.parametrize(
    ("step", "left"),
    [
        (Step.NEXT_KEY, ["pml", "pnk", "qmk"]),
        (Step.NEXT_MODEL, ["pnk", "qmk"]),
        (Step.NEXT_PROVIDER, ["qmk"]),
        (Step.LARGER_MODEL, []),
        (Step.CLIENT, []),
    ],
)
def test_who_is_left_after_a_step(step: Step, left: list[str]) -> None:
    assert names(Line((PML, PNK, QMK)).after(step, PMK, lambda model: 10).fresh) == left


def test_only_models_known_to_have_room_follow_a_prompt_that_is_too_long() -> None:
    others = candidate("aaa", 100), candidate("bbb", 300), candidate("ccc"), candidate("ddd", 200)
    left = Line(others).after(Step.LARGER_MODEL, candidate("xyz", 200), lambda model: 150)
    assert names(left.fresh) == ["bbb"]
    left = Line(others).after(Step.LARGER_MODEL, candidate("xyz"), lambda model: 150)
    assert names(left.fresh) == ["bbb", "ddd"]


def test_the_cooling_come_last_the_soonest_first_and_the_parked_only_when_alone() -> None:
    waits = {"pmk": 50.0, "pml": math.inf, "pnk": 5.0, "qmk": 0.0}
    line, order = Line((PMK, PML, PNK, QMK)), []
    while True:
        taken, line = line.take(lambda each: waits[each.key.secret])
        if taken is None:
            break
        order.append(taken.key.secret)
        line = line.tried()
    assert order == ["qmk", "pnk", "pmk"]
    alone, _ = Line((PML,)).take(lambda each: math.inf)
    assert alone == PML


def test_a_full_provider_is_set_aside_as_a_whole() -> None:
    taken, line = Line((PMK, PML, QMK)).take(lambda each: 0.0)
    assert taken == PMK
    line = line.set_aside_busy(PMK)
    assert (names(line.fresh), names(line.busy)) == (["qmk"], ["pmk", "pml"])


@given(
    st.lists(st.tuples(*[st.sampled_from("ab")] * 3).map("".join), unique=True),
    st.lists(st.tuples(st.sampled_from(list(Step)), st.booleans()), max_size=20),
    st.lists(st.sampled_from([0.0, 1.0, 9.0, math.inf]), min_size=8, max_size=8),
)
def test_nobody_is_taken_twice(queue: list[str], events: list[tuple[Step, bool]], waits: list[float]) -> None:
    def wait(each: Candidate) -> float:
        return waits[int(each.key.secret.translate(str.maketrans("ab", "01")), 2)]

    line, taken = Line(tuple(candidate(name) for name in queue)), []
    for step, is_full in events:
        expected_empty = line.is_empty(wait)
        one, line = line.take(wait)
        assert (one is None) == expected_empty
        if one is None:
            break
        if is_full:
            line = line.set_aside_busy(one)
            continue
        taken.append(one)
        line = line.tried().after(step, one, lambda model: 1)
    assert len(taken) == len(set(taken))
