"""The record of a running gateway: readable only by its owner, believed only when whole, removed only by its writer."""

from __future__ import annotations

import json
import os
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ccr_proxy.config import paths
from ccr_proxy.service.state import GatewayState, read_state, remove_state, write_state

STATE = GatewayState(4711, 1_700_000_000.25, "127.0.0.1", 3456, "abc", "0.1.0", 1_700_000_001.5, "/c/config.json")

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)


def test_what_is_written_is_read_back(home: Any) -> None:
    for state in (STATE, replace(STATE, draining=True)):
        write_state(state)
        assert read_state() == state
    assert paths.pid_path().read_text(encoding="utf-8") == "4711"


def test_only_the_owner_may_read_the_record(home: Any) -> None:
    previous = os.umask(0)
    try:
        write_state(STATE)
    finally:
        os.umask(previous)
    modes = {path.name: path.stat().st_mode & 0o777 for path in (paths.state_path(), paths.pid_path())}
    assert os.name != "posix" or set(modes.values()) == {0o600}


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b'"text"',
        b"\xff\xfe",
        b"{}",
        json.dumps({**asdict(STATE), "pid": "4711"}).encode(),
        json.dumps({**asdict(STATE), "pid": -1}).encode(),
        json.dumps({**asdict(STATE), "pid": True}).encode(),
        json.dumps({**asdict(STATE), "create_time": None}).encode(),
        json.dumps({**asdict(STATE), "draining": "no"}).encode(),
    ],
)
def test_a_record_that_is_not_whole_is_no_record(home: Any, content: bytes) -> None:
    paths.ccr_home().mkdir()
    paths.state_path().write_bytes(content)
    assert read_state() is None


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow], max_examples=60)
@given(key=st.sampled_from(sorted(asdict(STATE))), value=json_values)
def test_any_value_in_any_field_is_either_a_state_or_nothing(home: Any, key: str, value: Any) -> None:
    paths.ccr_home().mkdir(exist_ok=True)
    paths.state_path().write_text(json.dumps({**asdict(STATE), key: value}), encoding="utf-8")
    state = read_state()
    assert state is None or asdict(state)[key] == value


def test_fields_of_a_later_version_do_not_hide_the_gateway(home: Any) -> None:
    paths.ccr_home().mkdir()
    paths.state_path().write_text(json.dumps({**asdict(STATE), "colour": "blue"}), encoding="utf-8")
    assert read_state() == STATE


def test_the_record_of_another_instance_is_left_alone(home: Any) -> None:
    successor = replace(STATE, pid=4712, instance="def")
    write_state(successor)
    remove_state(STATE)
    assert read_state() == successor
    assert paths.pid_path().read_text(encoding="utf-8") == "4712"
    remove_state(successor)
    assert read_state() is None
    assert not paths.pid_path().exists()


def test_a_full_disk_leaves_the_old_record_whole(home: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    write_state(STATE)

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", full)
    with pytest.raises(OSError, match="No space left"):
        write_state(replace(STATE, port=1))
    assert read_state() == STATE
    assert {path.name for path in paths.ccr_home().iterdir()} == {"gateway.json", ".claude-code-router.pid"}


def test_replacing_is_tried_again_while_a_reader_holds_the_file(home: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    refusals = [PermissionError(13, "in use"), PermissionError(13, "in use")]
    really_replace = os.replace

    def busy(source: str, target: Path) -> None:
        if refusals:
            raise refusals.pop()
        really_replace(source, target)

    monkeypatch.setattr(os, "replace", busy)
    write_state(STATE)
    assert read_state() == STATE
