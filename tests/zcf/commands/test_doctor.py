"""What `zcf doctor` finds in real files, programs and ports, and what --fix makes of it."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from ccr_proxy.config import paths
from ccr_proxy.errors import ServiceFault
from ccr_proxy.service.process import own_create_time
from ccr_proxy.service.state import GatewayState, write_state
from tests.zcf.conftest import free_port
from tests.zcf.healthy import API_KEY, KEY, Room
from tests.zcf.sabotage import FAULTS, assert_all_or_nothing
from zcf.apply.state import locked
from zcf.apply.transaction import apply_plan
from zcf.commands import undo
from zcf.commands.doctor import check, fix, fixable
from zcf.diagnosis.codes import KINDS, Severity
from zcf.diagnosis.finding import Repair
from zcf.errors import Refusal
from zcf.plan.changes import FileChange


def test_nothing_is_found_where_everything_is_right(room: Room) -> None:
    checkup = room.look(offline=False)
    assert checkup.diagnosis.findings == ()
    assert checkup.ok


# --- every finding ----------------------------------------------------------------------------------------------------

# Python that listens on a port given to it until its input ends.
_LISTEN = "import socket, sys; s = socket.create_server(('127.0.0.1', int(sys.argv[1]))); print(1, flush=True); input()"


@contextmanager
def listener(port: int, script: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Another program on the port, started from `script`."""
    script.parent.mkdir(parents=True, exist_ok=True)
    script.write_text(_LISTEN)
    command = [sys.executable, str(script), str(port)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdin
        assert process.stdout
        process.stdout.readline()
        yield process
        process.stdin.close()


def _npm_script(room: Room) -> Path:
    return room.world.home / "node_modules" / "@musistudio" / "claude-code-router" / "cli.py"


def _stopped(room: Room) -> None:
    room.gateway.close()


def _pointed_to(room: Room, port: int, key: str = "sk-another-key-0123456789") -> None:
    room.set_env(ANTHROPIC_BASE_URL=f"http://127.0.0.1:{port}", ANTHROPIC_AUTH_TOKEN=key)


def _ended_process() -> int:
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    return process.pid


def _stale_record(room: Room) -> None:
    write_state(
        GatewayState(_ended_process(), 1.0, "127.0.0.1", free_port(), "gone", "0.0.1", 1.0, str(room.world.config))
    )


def _stale_pid_file(room: Room) -> None:
    room.world.write(paths.pid_path(), str(_ended_process()))


def _recorded(room: Room, port: int, config: str = "") -> None:
    """This process as the recorded gateway."""
    created = own_create_time()
    config = config or str(room.world.config)
    write_state(GatewayState(os.getpid(), created, "127.0.0.1", port, "i", "x", created, config))


def _other_config(room: Room) -> None:
    _recorded(room, room.port, str(room.world.home / "other.json"))


def _silent(room: Room) -> None:
    room.gateway.close()
    _recorded(room, room.port)


def _receipt(room: Room, content: str) -> None:
    room.world.write(room.world.surroundings.state / "receipts" / "0001.json", content, 0o600)


def _leftover(room: Room) -> None:
    room.world.write(room.world.settings.parent / ".settings.json.abc.zcf-new", "{}", 0o600)


def _half_applied(room: Room) -> None:
    """A run over two files; then one of them is as it was before, as if the power had gone between the renames."""
    first, second = room.world.settings, room.world.state
    before = {path: path.read_bytes() for path in (first, second)}
    changes = [FileChange(path, content, content + b"\n", ()) for path, content in before.items()]
    world = room.world.surroundings
    apply_plan(changes, directory=world.state, command="t", gateway_was_running=True, now=world.now())
    second.write_bytes(before[second])
    _leftover(room)


def _with_checks(room: Room, **check: Any) -> None:
    usual = {
        "provider": "p",
        "model": "m",
        "key": "#1",
        "outcome": "failed",
        "how": "request",
        "ms": 1,
        "message": "no",
    }
    room.gateway.checks = [usual | check]


BROKEN: list[tuple[str, Callable[[Room], object], str]] = [
    ("settings-unreadable", lambda room: room.world.write(room.world.settings, '{"env": {', 0o600), ""),
    ("settings-unreadable", lambda room: room.world.write(room.world.state, "[]", 0o600), ""),
    ("address-gateway-stopped", _stopped, "start_gateway"),
    ("address-dead", lambda room: _pointed_to(room, free_port()), "point_to_gateway"),
    ("address-old-setup", lambda room: _pointed_to(room, free_port(), "sk-zcf-x-ccr"), "point_to_gateway"),
    ("key-refused", lambda room: room.set_env(ANTHROPIC_AUTH_TOKEN="sk-zcf-x-ccr"), "point_to_gateway"),
    ("key-missing", lambda room: room.set_env(ANTHROPIC_AUTH_TOKEN=None), "point_to_gateway"),
    ("key-unapproved", lambda room: room.set_env(ANTHROPIC_AUTH_TOKEN=None, ANTHROPIC_API_KEY=KEY), "approve_key"),
    ("two-credentials", lambda room: room.set_env(ANTHROPIC_API_KEY=API_KEY), "point_to_gateway"),
    ("cloud-switch", lambda room: room.set_env(CLAUDE_CODE_USE_BEDROCK="1"), ""),
    ("cloud-switch", lambda room: room.set_shell(CLAUDE_CODE_USE_VERTEX="true"), ""),
    ("model-unknown", lambda room: room.set_env(ANTHROPIC_MODEL="deepseek-v4-pro"), ""),
    ("model-unknown", lambda room: room.set_env(ANTHROPIC_MODEL="nobody,deepseek-v4-pro"), ""),
    ("onboarding-open", lambda room: room.world.write(room.world.state, "{}", 0o600), "finish_onboarding"),
    ("claude-missing", lambda room: (room.programs / "claude").unlink(), ""),
    ("claude-old", lambda room: room.set_program("claude", "print('2.0.14 (Claude Code)')"), ""),
    ("shell-overruled", lambda room: room.set_shell(ANTHROPIC_BASE_URL="https://elsewhere.example"), ""),
    ("shell-joins", lambda room: room.set_shell(ANTHROPIC_MODEL="claude-opus-4-8"), ""),
    ("shell-joins", lambda room: room.set_shell(ANTHROPIC_API_KEY=API_KEY), "point_to_gateway"),
    ("proxy-in-the-way", lambda room: room.set_shell(HTTPS_PROXY="http://127.0.0.1:9"), "go_around_proxy"),
    ("proxy-in-the-way", lambda room: room.set_shell(HTTP_PROXY="http://p", NO_PROXY="localhost"), "go_around_proxy"),
    ("proxy-in-the-way", lambda room: room.set_env(http_proxy="http://127.0.0.1:9"), "go_around_proxy"),
    ("ccr-not-in-path", lambda room: (room.programs / "ccr").unlink(), ""),
    ("ccr-foreign-first", lambda room: room.set_program("ccr", "print('3.1.1')"), ""),
    ("npm-wrong-package", lambda room: room.set_npm_package("claude-code-router", "1.0.0"), ""),
    ("gateway-stopped", lambda room: (_stopped(room), room.set_settings()), ""),
    ("record-stale", _stale_record, "forget_record"),
    ("record-stale", _stale_pid_file, "forget_record"),
    ("gateway-old-version", lambda room: setattr(room.gateway, "version", "0.0.1"), "restart_gateway"),
    ("gateway-other-port", lambda room: (_recorded(room, room.port), room.set_config(PORT=free_port())), ""),
    ("gateway-other-key", lambda room: setattr(room.gateway, "key", "sk-another-key"), ""),
    ("gateway-other-config", _other_config, ""),
    ("gateway-silent", _silent, ""),
    ("config-in-ccr-3", lambda room: room.world.write(room.world.config.with_name("config.sqlite"), "x"), ""),
    ("config-missing", lambda room: room.world.config.unlink(), ""),
    ("config-error", lambda room: room.world.write(room.world.config, '{"PORT": }', 0o600), ""),
    ("config-error", lambda room: room.set_config(Router={"default": "demo,demo", "think": "nobody,x"}), ""),
    ("config-warning", lambda room: room.set_config(Routr={}), ""),
    ("route-default-missing", lambda room: room.set_config(Router={}), ""),
    ("access-key-unusable", lambda room: room.set_config(APIKEY="$NOT_SET_ANYWHERE"), ""),
    ("host-open", lambda room: room.set_config(HOST="0.0.0.0"), ""),
    ("host-open-weak-key", lambda room: room.set_config(HOST="0.0.0.0", APIKEY="sk-zcf-x-ccr"), ""),
    ("provider-failed", lambda room: _with_checks(room, status=500), ""),
    ("provider-key-refused", lambda room: _with_checks(room, status=401), ""),
    ("provider-unreachable", lambda room: _with_checks(room, status=0), ""),
    ("providers-not-asked", lambda room: setattr(room.gateway, "checks", None), ""),
    ("file-open", lambda room: room.world.config.chmod(0o644), "close_file"),
    ("file-open", lambda room: room.world.settings.chmod(0o640), "close_file"),
    ("receipt-unreadable", lambda room: _receipt(room, "{"), ""),
    (
        "profiles-unreadable",
        lambda room: room.world.write(room.world.surroundings.state / "profiles.json", "{", 0o600),
        "",
    ),
    ("leftovers", _leftover, "remove_leftovers"),
    ("run-half-applied", _half_applied, ""),
]


@pytest.mark.parametrize(("code", "break_it", "repair"), BROKEN)
def test_what_is_wrong_is_found(code: str, break_it: Callable[[Room], object], repair: str, room: Room) -> None:
    break_it(room)
    found = [finding for finding in room.look(offline=False).diagnosis.findings if finding.code == code]
    assert [finding.repair.value if finding.repair else "" for finding in found] == [repair]


def test_every_kind_of_finding_is_tried() -> None:
    elsewhere = {"key-rejected", "key-helper", "address-other-program", "address-npm-router", "port-taken"}
    elsewhere |= {"port-npm-router", "npm-ccr-3", "lock-busy", "project-settings", "address-gateway-moved"}
    assert {code for code, _, _ in BROKEN} | elsewhere == set(KINDS)


def test_a_refused_key_is_told_from_one_that_is_only_unknown(room: Room) -> None:
    room.set_env(ANTHROPIC_AUTH_TOKEN=None, ANTHROPIC_API_KEY=KEY)
    room.set_state(customApiKeyResponses={"approved": [], "rejected": [KEY[-20:]]})
    assert room.codes() == ["key-rejected"]
    room.set_state(customApiKeyResponses={"approved": [KEY[-20:]], "rejected": []})
    assert room.codes() == []
    # The first twenty characters are what ZCF approves; Claude Code looks for the last.
    room.set_state(customApiKeyResponses={"approved": [KEY[:20]], "rejected": []})
    assert room.codes() == ["key-unapproved"]


def test_a_key_helper_beside_a_key_is_told(room: Room) -> None:
    env = {"ANTHROPIC_BASE_URL": f"http://127.0.0.1:{room.port}", "ANTHROPIC_AUTH_TOKEN": KEY}
    room.set_settings(env=env, apiKeyHelper="cat key")
    assert room.codes() == ["key-helper"]


@pytest.mark.parametrize("npm", [False, True])
def test_another_program_at_the_address_is_named(npm: bool, room: Room) -> None:
    script = _npm_script(room) if npm else room.world.home / "other.py"
    port = free_port()
    _pointed_to(room, port)
    with listener(port, script) as process:
        (found,) = room.look().diagnosis.findings
    assert found.code == ("address-npm-router" if npm else "address-other-program")
    assert f"pid {process.pid}" in dict(found.values)["program"]


@pytest.mark.parametrize("npm", [False, True])
def test_another_program_on_the_gateways_port_is_named(npm: bool, room: Room) -> None:
    room.gateway.close()
    with listener(room.port, _npm_script(room) if npm else room.world.home / "other.py") as process:
        findings = {finding.code: finding for finding in room.look().diagnosis.findings}
    code = "port-npm-router" if npm else "port-taken"
    assert set(findings) == {code}
    assert f"pid {process.pid}" in dict(findings[code].values)["program"]


def test_a_gateway_at_another_address_than_the_configured_one_is_told(room: Room) -> None:
    room.gateway.close()
    configured, room.gateway.port = room.port, free_port()
    room.gateway.start(room.world.config)
    _recorded(room, room.gateway.port)
    (found,) = room.look().diagnosis.findings
    assert (found.code, found.repair) == ("address-gateway-moved", Repair.RESTART_GATEWAY)
    assert dict(found.values) == {
        "url": f"http://127.0.0.1:{configured}",
        "actual": f"http://127.0.0.1:{room.gateway.port}",
    }


def test_settings_of_the_project_outrank_the_users(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(room.world.home)
    assert room.codes() == []
    project = room.world.home / "project"
    room.world.write(project / ".claude" / "settings.local.json", '{"env": {"ANTHROPIC_MODEL": "x"}}')
    monkeypatch.chdir(project)
    (found,) = room.look().diagnosis.findings
    assert (found.code, dict(found.values)["names"]) == ("project-settings", "ANTHROPIC_MODEL")


def test_npms_version_3_is_another_program(room: Room) -> None:
    room.set_npm_package("@musistudio/claude-code-router", "3.1.1")
    package = room.programs.parent / "lib" / "node_modules" / "@musistudio" / "claude-code-router"
    (room.programs / "ccr").unlink()
    (room.programs / "ccr").symlink_to(package / "cli.js")
    assert room.codes() == ["ccr-foreign-first", "npm-ccr-3"]
    room.set_npm_package("@musistudio/claude-code-router", "2.0.0")
    assert room.codes() == ["ccr-foreign-first"]


def test_temporary_files_of_a_zcf_that_is_at_work_are_its_own(room: Room) -> None:
    _leftover(room)
    with locked(room.world.surroundings.state):
        assert room.codes() == ["lock-busy"]


def test_without_a_running_gateway_the_providers_are_asked_directly(room: Room, serve_json: Any) -> None:
    room.gateway.close()
    url = serve_json({"/v1/models": {"data": [{"id": "m"}]}})
    provider = {"name": "p", "api_base_url": f"{url}/v1/chat/completions", "api_key": "k", "models": ["m"]}
    room.set_config(Providers=[provider], Router={"default": "p,m"})

    def passed(*, offline: bool) -> set[str]:
        return {check.group.value for check in room.look(offline=offline).diagnosis.passed}

    assert "providers" in passed(offline=False)
    # Nobody was asked, so nothing is said about them.
    assert "providers" not in passed(offline=True)


def test_no_check_changes_anything(room: Room) -> None:
    room.set_env(ANTHROPIC_AUTH_TOKEN="wrong")
    _leftover(room)
    before = room.world.everything()
    room.look(offline=False)
    assert room.world.everything() == before


# --- what is not wrong ------------------------------------------------------------------------------------------------


def test_a_shell_pointed_to_the_gateway_by_ccr_activate_is_fine(room: Room) -> None:
    room.set_settings()
    room.set_shell(ANTHROPIC_BASE_URL=f"http://127.0.0.1:{room.port}", ANTHROPIC_AUTH_TOKEN=KEY, NO_PROXY="127.0.0.1")
    assert room.codes() == []


def test_a_key_that_claude_code_keeps_itself_counts(room: Room) -> None:
    room.set_env(ANTHROPIC_AUTH_TOKEN=None)
    room.set_state(primaryApiKey=KEY)
    assert room.codes() == []


def test_claude_codes_own_login_is_fine(room: Room) -> None:
    room.set_settings(permissions={})
    assert room.codes() == []


def test_a_proxy_that_leaves_this_machine_out_is_fine(room: Room) -> None:
    room.set_shell(HTTP_PROXY="http://p.example", NO_PROXY="example.com, 127.0.0.1")
    assert room.codes() == []


def test_an_empty_key_in_the_settings_switches_the_shells_off(room: Room) -> None:
    room.set_shell(ANTHROPIC_API_KEY=API_KEY)
    room.set_env(ANTHROPIC_API_KEY="")
    assert room.codes() == ["shell-overruled"]


def test_open_files_without_a_key_are_fine(room: Room) -> None:
    room.set_config(APIKEY="$CCR_KEY")
    room.set_shell(CCR_KEY=KEY)
    room.world.config.chmod(0o644)
    assert "file-open" not in room.codes()


# --- repairs ----------------------------------------------------------------------------------------------------------


def repaired(room: Room) -> list[str]:
    """Do all repairs; returns the codes that are found afterwards."""
    checkup = room.look()
    fix(fixable(checkup), checkup, room.world.surroundings)
    return room.codes()


@pytest.mark.parametrize(("code", "break_it", "repair"), [row for row in BROKEN if row[2]])
def test_what_can_be_repaired_is_healthy_afterwards(
    code: str, break_it: Callable[[Room], object], repair: str, room: Room
) -> None:
    break_it(room)
    # A shell's variable that settings.json now overrules is told, and harmless.
    assert [left for left in repaired(room) if KINDS[left].severity > Severity.NOTE] == []
    assert code not in room.codes()


def test_pointing_to_a_gateway_that_is_stopped_starts_it_and_undo_stops_it(room: Room) -> None:
    room.gateway.close()
    _pointed_to(room, free_port(), "sk-zcf-x-ccr")
    before = room.world.everything()
    assert repaired(room) == []
    assert room.gateway.log == ["start"]
    plan = undo.prepare(room.world.surroundings)
    assert plan is not None
    undo.carry_out(plan, room.world.surroundings)
    assert room.gateway.log == ["start", "stop"]
    assert room.world.settings.read_bytes() == before[".claude/settings.json"]


def test_a_key_of_an_address_that_is_given_up_is_not_approved(room: Room) -> None:
    dead = f"http://127.0.0.1:{free_port()}"
    room.set_env(ANTHROPIC_BASE_URL=dead, ANTHROPIC_AUTH_TOKEN=None, ANTHROPIC_API_KEY=API_KEY)
    assert repaired(room) == []
    approved = json.loads(room.world.state.read_bytes())["customApiKeyResponses"]["approved"]
    assert approved == [KEY[-20:]]


def test_undo_does_not_open_a_file_again(room: Room) -> None:
    room.set_env(ANTHROPIC_AUTH_TOKEN="wrong-but-long-enough-0123")
    room.world.settings.chmod(0o644)
    assert repaired(room) == []
    plan = undo.prepare(room.world.surroundings)
    assert plan is not None
    undo.carry_out(plan, room.world.surroundings)
    assert room.codes() == ["key-refused"]


def test_closing_a_file_keeps_its_content_and_its_owners_rights(room: Room) -> None:
    content = room.world.config.read_bytes()
    room.world.config.chmod(0o744)
    assert repaired(room) == []
    assert stat.S_IMODE(room.world.config.stat().st_mode) == 0o700
    assert room.world.config.read_bytes() == content


def test_what_cannot_be_done_is_told_and_the_rest_is_done(room: Room) -> None:
    room.gateway.close()
    room.gateway.fault = ServiceFault("the port cannot be had")
    room.world.config.chmod(0o644)
    checkup = room.look()
    fixed = fix(fixable(checkup), checkup, room.world.surroundings)
    assert [(finding.code, reason) for finding, reason in fixed.faults] == [
        ("address-gateway-stopped", "the port cannot be had")
    ]
    assert room.codes() == ["address-gateway-stopped"]


@pytest.mark.parametrize("fault", FAULTS)
def test_both_files_are_repaired_or_none(fault: str, room: Room) -> None:
    room.set_env(ANTHROPIC_AUTH_TOKEN=None, ANTHROPIC_API_KEY=API_KEY)
    checkup = room.look()
    world = room.world.surroundings
    failures = (Refusal, KeyboardInterrupt)
    assert_all_or_nothing(room.world.home, fault, lambda: fix(fixable(checkup), checkup, world), failures, least=10)
    assert check(world, offline=True).ok


def test_a_local_server_of_somebody_elses_is_not_exchanged_for_the_gateway(room: Room) -> None:
    port = free_port()
    _pointed_to(room, port)
    room.set_shell(ANTHROPIC_API_KEY=API_KEY)
    with listener(port, room.world.home / "other.py"):
        checkup = room.look()
    assert {finding.code for finding in checkup.diagnosis.findings} >= {"address-other-program", "shell-joins"}
    assert [finding.code for finding in fixable(checkup)] == ["key-unapproved"]
