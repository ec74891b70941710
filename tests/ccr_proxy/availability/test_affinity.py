"""Where sessions stay, and for how long."""

from __future__ import annotations

from ccr_proxy.availability.affinity import Affinity, session_key
from ccr_proxy.availability.shared_state import Binding, StateInMemory

A, B = Binding("a", "m", "k", 0, 0), Binding("b", "m", "k", 0, 0)


def place(binding: Binding | None) -> str | None:
    return binding.provider if binding else None


def test_a_session_is_known_by_its_id_else_by_its_first_message_and_per_route() -> None:
    first, second = {"role": "user", "content": "one"}, {"role": "user", "content": "two"}
    assert session_key("s", [first], "default") == session_key("s", [second], "default")
    assert session_key("s", [first], "default") != session_key("s", [first], "background")
    assert session_key(None, [first, second], "default") == session_key(None, [first], "default")
    assert session_key(None, [first], "default") != session_key(None, [second], "default")
    assert session_key(None, [], "default") is None
    assert "one" not in (session_key(None, [first], "default") or "")


def test_it_stays_while_it_is_used_and_is_free_when_its_cache_is_cold() -> None:
    affinity = Affinity(StateInMemory(), 3600.0)
    affinity.answered("s", A, 0.0, moved=False)
    for now in (3000.0, 6000.0, 9000.0):
        assert place(affinity.home("s", now)) == "a"
        affinity.answered("s", A, now, moved=False)
    assert affinity.home("s", 12_600.0) is None


def test_after_a_failure_it_moves_once_and_goes_home_only_later() -> None:
    affinity = Affinity(StateInMemory(), 3600.0)
    affinity.answered("s", A, 0.0, moved=False)
    affinity.answered("s", B, 100.0, moved=True)
    for now in (200.0, 1800.0, 3600.0):
        assert place(affinity.home("s", now)) == "b"
        affinity.answered("s", B, now, moved=False)
    assert affinity.home("s", 3700.0) is None


def test_somebody_elses_answer_does_not_take_it_away() -> None:
    affinity = Affinity(StateInMemory(), 3600.0)
    affinity.answered("s", A, 0.0, moved=False)
    affinity.answered("s", B, 1.0, moved=False)
    assert place(affinity.home("s", 2.0)) == "a"


def test_displaced_sessions_go_home_when_told() -> None:
    affinity = Affinity(StateInMemory(), 3600.0)
    affinity.answered("stays", A, 0.0, moved=False)
    affinity.answered("away", B, 0.0, moved=True)
    assert affinity.forget() == 1
    assert place(affinity.home("stays", 1.0)) == "a"
    assert affinity.home("away", 1.0) is None
    assert affinity.forget("a") == 1


def test_zero_turns_it_off_and_memory_is_bounded() -> None:
    state = StateInMemory(most_bindings=2)
    off = Affinity(state, 0.0)
    off.answered("s", A, 0.0, moved=False)
    assert list(state.bindings()) == []
    affinity = Affinity(state, 3600.0)
    for now, session in enumerate(["s1", "s2", "s1", "s3"]):
        affinity.answered(session, A, float(now), moved=False)
    assert [session for session, _ in state.bindings()] == ["s1", "s3"]
