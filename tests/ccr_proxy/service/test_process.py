"""Whose process is it: the number alone proves nothing."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from typing import Any

import psutil

from ccr_proxy.service.process import own_create_time, process_of
from ccr_proxy.service.state import GatewayState, read_state

STATE = GatewayState(1, 0.0, "127.0.0.1", 1, "abc", "0.1.0", 0.0, "/c/config.json")


def test_the_process_that_recorded_itself_is_found() -> None:
    own = replace(STATE, pid=psutil.Process().pid, create_time=own_create_time())
    process = process_of(own)
    assert process is not None
    assert process.pid == own.pid


def test_a_live_process_that_took_over_the_number_is_not_ours(other_program: subprocess.Popen[bytes]) -> None:
    created = psutil.Process(other_program.pid).create_time()
    assert process_of(replace(STATE, pid=other_program.pid, create_time=created - 60)) is None


def test_a_process_that_has_ended_is_not_found_even_while_its_parent_has_not_noticed() -> None:
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as child:
        state = replace(STATE, pid=child.pid, create_time=psutil.Process(child.pid).create_time())
        assert process_of(state) is not None
        child.kill()
        psutil.wait_procs([], timeout=0)
        while psutil.Process(child.pid).status() != psutil.STATUS_ZOMBIE:
            pass
        assert process_of(state) is None
    assert process_of(state) is None


def test_after_the_clock_was_set_the_instance_id_proves_the_process(home: Any) -> None:
    home.write_config()
    home.serve_until_listening()
    state = read_state()
    assert state is not None
    moved = replace(state, create_time=state.create_time - 3600)
    assert process_of(moved) is not None
    assert process_of(replace(moved, instance="another")) is None
