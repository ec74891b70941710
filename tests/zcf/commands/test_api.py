"""`zcf api`: Claude Code pointed elsewhere and back, with nothing lost on the way."""

from __future__ import annotations

import json
import stat
import sys
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ccr_proxy.errors import ServiceFault
from zcf.commands import api, switch, undo
from zcf.commands.init import InitRequest, carry_out, prepare
from zcf.commands.switch import SwitchResult
from zcf.errors import Refusal
from zcf.plan.connection import Kind
from zcf.plan.profile import Access

GATEWAY_KEY = "sk-gateway-0123456789abcdefghij"
RELAY_KEY = "sk-relay-0123456789abcdefghijkl"
RELAY = Access(Kind.KEY, RELAY_KEY, "https://relay.example")
TOKEN = Access(Kind.TOKEN, "tok-0123456789abcdefghij", "https://api.z.ai/api/anthropic", {"ANTHROPIC_MODEL": "glm-5"})
MINE = (
    b'\xef\xbb\xbf{\r\n\t// mine\r\n\t"permissions": {"allow": ["Bash(ls:*)"]},\r\n\t"env": {"FOO": "1", '
    b'"ANTHROPIC_API_KEY": "sk-mine", "ANTHROPIC_MODEL": "opus",},\r\n\t"hooks": {}, "statusLine": null,\r\n}\r\n'
)


@pytest.fixture
def gateway_world(world: Any, port: int) -> Any:
    """A world with a gateway that is configured and does not run yet."""
    world.write(
        world.config,
        json.dumps(
            {
                "PORT": port,
                "APIKEY": GATEWAY_KEY,
                "Providers": [{"name": "demo", "api_base_url": "demo:", "models": ["demo"], "protocol": "demo"}],
                "Router": {"default": "demo,demo"},
            }
        ),
    )
    return world


def go(world: Any, plan: Any) -> SwitchResult:
    return switch.carry_out(plan, world.surroundings)


def to_ccr(world: Any) -> SwitchResult:
    return go(world, api.plan_ccr(world.surroundings))


def to(world: Any, access: Access) -> SwitchResult:
    return go(world, api.plan_access("key" if access.kind is Kind.KEY else "token", access, world.surroundings))


def to_official(world: Any) -> SwitchResult:
    return go(world, api.plan_official(world.surroundings))


def back(world: Any) -> SwitchResult:
    return go(world, api.plan_back(world.surroundings))


def env(world: Any) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(world.settings.read_text()).get("env", {})
    return found


def claudes_files(world: Any) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in (world.settings, world.state) if path.exists()}


def sentence_of(action: Any, *arguments: Any) -> str:
    with pytest.raises(Refusal) as refusal:
        action(*arguments)
    return refusal.value.sentence


# --- going back is exact ----------------------------------------------------------------------------------------------


def test_going_to_the_gateway_and_back_restores_every_byte(gateway_world: Any) -> None:
    world = gateway_world
    world.write(world.settings, MINE)
    world.write(world.state, b'{"numStartups": 3, "customApiKeyResponses": {"rejected": ["0123456789abcdefghij"]}}')
    before = claudes_files(world)
    to_ccr(world)
    assert claudes_files(world) != before
    assert env_after_bom(world)["ANTHROPIC_API_KEY"] == GATEWAY_KEY
    back(world)
    assert claudes_files(world) == before
    if sys.platform != "win32":
        assert stat.S_IMODE(world.settings.stat().st_mode) == 0o644


def env_after_bom(world: Any) -> dict[str, Any]:
    found: dict[str, Any] = api.look(world.surroundings).settings.document.get(("env",), {})
    return found


# A settings.json as people and programs write them: JSON5 with any content, in any layout.
_names = st.sampled_from(
    [
        "env",
        "model",
        "hooks",
        "permissions",
        "ANTHROPIC_BASE_URL",
        "ANTHROPIC_API_KEY",
        "ANTHROPIC_MODEL",
        "ключ",
        "a b",
    ]
)
_values = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 5) | st.text(max_size=8).filter(lambda text: text.isprintable()),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_names, inner, max_size=3),
    max_leaves=6,
)
_env = st.dictionaries(
    st.sampled_from(
        ["ANTHROPIC_BASE_URL", "ANTHROPIC_API_KEY", "ANTHROPIC_AUTH_TOKEN", "ANTHROPIC_MODEL", "NO_PROXY", "OTHER"]
    ),
    st.sampled_from(["", "opus", "deepseek-v4-pro", "https://relay.example", "sk-0123456789abcdefghijkl"]),
    max_size=6,
)


@st.composite
def settings_files(draw: st.DrawFn) -> bytes:
    root = {name: value for name, value in draw(st.dictionaries(_names, _values, max_size=4)).items() if name != "env"}
    members = list(root.items())
    if draw(st.booleans()):
        members.insert(draw(st.integers(0, len(members))), ("env", draw(_env)))
    indent = draw(st.sampled_from([None, 2, 4, "\t"]))
    text = json.dumps(dict(members), indent=indent, ensure_ascii=draw(st.booleans()))
    if draw(st.booleans()):
        text = text.replace("{", "{ /* c */", 1)
    if draw(st.booleans()) and members:
        text = text[: text.rindex("}")] + ", // last\n}"
    text = draw(st.sampled_from(["", "// top\n", "\n\n"])) + text + draw(st.sampled_from(["", "\n", "\n\n// end"]))
    if draw(st.booleans()):
        text = text.replace("\n", "\r\n")
    return (b"\xef\xbb\xbf" if draw(st.booleans()) else b"") + text.encode()


WAYS = {
    "ccr": [to_ccr],
    "key": [lambda world: to(world, RELAY)],
    "token": [lambda world: to(world, TOKEN)],
    "official": [to_official],
    "official, key": [to_official, lambda world: to(world, RELAY)],
    "ccr, key, token, ccr": [to_ccr, lambda world: to(world, RELAY), lambda world: to(world, TOKEN), to_ccr],
}


@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@pytest.mark.parametrize("way", WAYS)
@given(content=settings_files() | st.sampled_from([b"", b"\n", b"{}"]))
def test_any_settings_come_back_byte_for_byte(gateway_world: Any, way: str, content: bytes) -> None:
    world = gateway_world
    world.write(world.settings, content)
    world.state.unlink(missing_ok=True)
    before = claudes_files(world)
    taken = [step(world) for step in WAYS[way]]
    for _ in [result for result in taken if result.receipt and _is_switch(world, result)]:
        if claudes_files(world) != before:
            back(world)
    assert claudes_files(world) == before
    world.gateway.close()
    for receipt in (world.surroundings.state / "receipts").glob("*.json"):
        receipt.unlink()
    for copy in world.home.rglob("*.bak"):
        copy.unlink()


def _is_switch(world: Any, result: SwitchResult) -> bool:
    assert result.receipt is not None
    return any(entry.path == world.settings for entry in result.receipt.files)


def test_set_up_by_the_wizard_goes_back_too_and_the_gateways_configuration_stays(world: Any, port: int) -> None:
    world.write(world.settings, MINE)
    carry_out(prepare(InitRequest(port=port), world.surroundings), world.surroundings)
    config = world.config.read_bytes()
    back(world)
    assert claudes_files(world) == {"settings.json": MINE}
    assert world.config.read_bytes() == config
    assert undo.prepare(world.surroundings) is not None


def test_going_back_takes_one_switch_at_a_time_and_then_has_nothing(gateway_world: Any) -> None:
    world = gateway_world
    world.write(world.settings, MINE)
    states = [claudes_files(world)]
    for step in (to_ccr, lambda world: to(world, RELAY), lambda world: to(world, TOKEN)):
        step(world)
        states.append(claudes_files(world))
    while states:
        assert claudes_files(world) == states.pop()
        if states:
            back(world)
    assert sentence_of(api.plan_back, world.surroundings) == "api.nothing_before"


def test_a_gateway_key_that_was_changed_in_between_counts_as_the_same_switch(gateway_world: Any) -> None:
    world = gateway_world
    world.write(world.settings, MINE)
    to_ccr(world)
    world.config.write_text(world.config.read_text().replace(GATEWAY_KEY, "sk-another-key-of-the-gateway"))
    world.gateway.close()
    to_ccr(world)
    back(world)
    assert claudes_files(world) == {"settings.json": MINE}


def test_undo_of_going_back_leads_to_the_gateway_again(gateway_world: Any) -> None:
    world = gateway_world
    to_ccr(world)
    there = claudes_files(world)
    back(world)
    assert claudes_files(world) == {}
    plan = undo.prepare(world.surroundings)
    assert plan is not None
    undo.carry_out(plan, world.surroundings)
    assert claudes_files(world) == there
    back(world)
    assert claudes_files(world) == {}


def test_what_claude_code_wrote_meanwhile_stays(gateway_world: Any) -> None:
    world = gateway_world
    world.write(world.settings, b'{"env": {"ANTHROPIC_API_KEY": "sk-mine"}}')
    world.write(world.state, b'{"customApiKeyResponses": {"approved": ["sk-mine"]}}')
    to_ccr(world)
    state = json.loads(world.state.read_text())
    state["numStartups"] = 9
    state["customApiKeyResponses"]["approved"].append("another")
    world.state.write_text(json.dumps(state))
    written = json.loads(world.settings.read_text())
    world.settings.write_text(json.dumps({**written, "hooks": {"Stop": []}}))
    back(world)
    assert json.loads(world.settings.read_text()) == {"env": {"ANTHROPIC_API_KEY": "sk-mine"}, "hooks": {"Stop": []}}
    assert json.loads(world.state.read_text()) == {
        "customApiKeyResponses": {"approved": ["sk-mine", "another"]},
        "numStartups": 9,
    }


def test_an_old_key_is_never_sent_to_an_address_that_somebody_else_wrote(gateway_world: Any) -> None:
    world = gateway_world
    world.write(world.settings, MINE)
    to_ccr(world)
    world.settings.write_text(world.settings.read_text().replace("http://127.0.0.1", "http://elsewhere"))
    before = world.everything()
    assert sentence_of(api.plan_back, world.surroundings) == "api.not_as_left"
    assert world.everything() == before


# --- official ---------------------------------------------------------------------------------------------------------


def test_official_after_the_gateway_is_exactly_the_login_that_was_there(gateway_world: Any) -> None:
    world = gateway_world
    content = world.write(world.settings, b'{"model": "opus", // mine\n "env": {"ANTHROPIC_MODEL": "sonnet", }, }')
    to_ccr(world)
    to(world, TOKEN)
    to_official(world)
    assert claudes_files(world) == {"settings.json": content}
    back(world)
    assert env_after_bom(world)["ANTHROPIC_BASE_URL"] == TOKEN.base_url


def test_official_takes_out_foreign_models_with_the_address_they_were_for(world: Any) -> None:
    """Also those that another program set: Anthropic does not serve them."""
    env_before = {
        "ANTHROPIC_BASE_URL": "https://api.deepseek.com/anthropic",
        "ANTHROPIC_AUTH_TOKEN": "tok",
        "ANTHROPIC_API_KEY": "key",
        "ANTHROPIC_MODEL": "deepseek-v4-pro",
        "ANTHROPIC_DEFAULT_OPUS_MODEL": "claude-opus-4-8",
        "OTHER": "1",
    }
    world.write(world.settings, json.dumps({"env": env_before, "model": "deepseek-v4-flash"}))
    to_official(world)
    assert json.loads(world.settings.read_text()) == {
        "env": {"ANTHROPIC_DEFAULT_OPUS_MODEL": "claude-opus-4-8", "OTHER": "1"}
    }
    back(world)
    assert json.loads(world.settings.read_text())["env"] == env_before


def test_official_when_it_is_official_changes_nothing(world: Any) -> None:
    world.write(world.settings, b'{"model": "opus"}')
    before = world.everything()
    assert to_official(world).receipt is None
    assert world.everything() == before


# --- keys, tokens, profiles -------------------------------------------------------------------------------------------


def test_a_key_is_approved_by_its_last_twenty_characters_and_no_longer_rejected(world: Any) -> None:
    last = RELAY_KEY[-20:]
    world.write(world.state, json.dumps({"customApiKeyResponses": {"rejected": [last, "x"]}}))
    to(world, RELAY)
    answers = json.loads(world.state.read_text())["customApiKeyResponses"]
    assert answers == {"rejected": ["x"], "approved": [last]}
    assert env(world) == {"ANTHROPIC_BASE_URL": "https://relay.example", "ANTHROPIC_API_KEY": RELAY_KEY}


def test_key_and_token_are_never_both_there(world: Any) -> None:
    to(world, RELAY)
    to(world, TOKEN)
    assert set(env(world)) == {"ANTHROPIC_BASE_URL", "ANTHROPIC_AUTH_TOKEN", "ANTHROPIC_MODEL"}
    to(world, RELAY)
    assert set(env(world)) == {"ANTHROPIC_BASE_URL", "ANTHROPIC_API_KEY"}


def test_the_other_credential_of_the_shell_is_switched_off(world: Any) -> None:
    to(world.with_environment(ANTHROPIC_AUTH_TOKEN="t"), RELAY)
    assert env(world)["ANTHROPIC_AUTH_TOKEN"] == ""
    to(world.with_environment(ANTHROPIC_API_KEY="k"), TOKEN)
    assert env(world)["ANTHROPIC_API_KEY"] == ""


def test_a_new_key_for_the_same_address_keeps_its_models(world: Any) -> None:
    to(world, TOKEN)
    to(world, replace(TOKEN, secret="tok-new", models={}))
    assert env(world)["ANTHROPIC_MODEL"] == "glm-5"


@pytest.mark.parametrize("kind", [Kind.KEY, Kind.TOKEN])
def test_a_settings_file_that_others_could_read_is_closed_when_a_key_comes_in(world: Any, kind: Kind) -> None:
    world.write(world.settings, b"{}", mode=0o644)
    to(world, replace(RELAY, kind=kind))
    if sys.platform != "win32":
        assert stat.S_IMODE(world.settings.stat().st_mode) == 0o600


def test_a_reference_is_filled_in_or_refused(world: Any) -> None:
    access = replace(RELAY, secret="$RELAY_KEY")
    assert sentence_of(to, world, access) == "api.variable_unset"
    to(world.with_environment(RELAY_KEY="sk-from-the-shell"), access)
    assert env(world)["ANTHROPIC_API_KEY"] == "sk-from-the-shell"


@pytest.mark.parametrize(
    ("settings_text", "environ", "told"),
    [
        ("{}", {"ANTHROPIC_BASE_URL": "http://x"}, ["api.shell_wins"]),
        ("{}", {"ANTHROPIC_MODEL": ""}, []),
        ('{"env": {"ANTHROPIC_BASE_URL": "http://y"}}', {"ANTHROPIC_BASE_URL": "http://x"}, []),
        ("{}", {"ANTHROPIC_MODEL": "m", "CLAUDE_CODE_USE_VERTEX": "1"}, ["api.shell_wins", "api.shell_wins"]),
        ('{"apiKeyHelper": "x", "env": {"CLAUDE_CODE_USE_BEDROCK": "1"}}', {}, ["api.helper", "api.cloud"]),
    ],
)
def test_what_would_lead_claude_code_elsewhere_is_told(
    world: Any, settings_text: str, environ: dict[str, str], told: list[str]
) -> None:
    world.write(world.settings, settings_text)
    around = world.with_environment(**environ).surroundings
    document = api.look(around).settings.document
    assert [note.sentence for note in api.notices_about(document, around)] == told


# --- the gateway ------------------------------------------------------------------------------------------------------


def test_the_gateway_is_started_with_the_switch_and_stopped_only_on_request(gateway_world: Any) -> None:
    world = gateway_world
    assert to_ccr(world).started is not None
    result = back(world)
    assert result.plan.leaves_gateway
    assert world.gateway.log == ["start"]
    assert switch.stop_gateway(result, world.surroundings).stopped_pid is not None
    assert world.gateway.log == ["start", "stop"]


def test_a_gateway_that_does_not_start_leaves_everything_as_it_was(gateway_world: Any) -> None:
    world = gateway_world
    world.write(world.settings, MINE)
    before = world.everything()
    for fault in (ServiceFault("port taken"), KeyboardInterrupt()):
        world.gateway.fault = fault
        with pytest.raises((Refusal, KeyboardInterrupt)):
            to_ccr(world)
        assert world.everything() == before


def test_the_gateway_must_be_set_up_first(world: Any) -> None:
    assert sentence_of(api.plan_ccr, world.surroundings) == "api.no_gateway"


def test_a_gateway_that_hangs_or_is_misconfigured_does_not_keep_claude_code(
    gateway_world: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = gateway_world
    to_ccr(world)
    world.config.write_text("{ broken")

    def hangs(_: Any) -> None:
        raise ServiceFault("does not answer")

    monkeypatch.setattr(type(world.gateway), "running", hangs)
    back(world)
    assert claudes_files(world) == {}


# --- other people's files ---------------------------------------------------------------------------------------------

EVERY_PLAN = {
    "official": api.plan_official,
    "key": lambda world: api.plan_access("key", RELAY, world),
    "token": lambda world: api.plan_access("token", TOKEN, world),
    "ccr": api.plan_ccr,
    "back": api.plan_back,
}


@pytest.mark.parametrize("destination", EVERY_PLAN)
@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b'{"env": {', "file.not_json"),
        (b'{"env": "x", "a": }', "file.not_json"),
        (b"[1]", "file.no_object"),
        (b"\xff\xfe{}", "file.not_utf8"),
    ],
)
@pytest.mark.parametrize("file", ["settings", "state"])
def test_a_file_that_cannot_be_read_is_refused_and_never_overwritten(
    gateway_world: Any, destination: str, content: bytes, sentence: str, file: str
) -> None:
    world = gateway_world
    to(world, RELAY)
    world.write(getattr(world, file), content)
    before = world.everything()
    assert sentence_of(EVERY_PLAN[destination], world.surroundings) == sentence
    assert world.everything() == before


@pytest.mark.parametrize("destination", ["key", "token", "ccr"])
def test_an_env_that_is_no_object_is_refused_with_its_place(gateway_world: Any, destination: str) -> None:
    gateway_world.write(gateway_world.settings, b'{\n  "env": "x"\n}')
    with pytest.raises(Refusal) as refusal:
        EVERY_PLAN[destination](gateway_world.surroundings)
    assert (refusal.value.sentence, refusal.value.values["place"]) == ("file.no_object", "2:3")


@pytest.mark.parametrize("destination", ["key", "token", "ccr"])
def test_permissions_hooks_and_memory_are_not_touched(gateway_world: Any, destination: str) -> None:
    world = gateway_world
    theirs = {"permissions": {"allow": ["Bash(ls:*)", "WebFetch(domain:example.com)"]}, "hooks": {"Stop": []}, "x": 1}
    world.write(world.settings, json.dumps(theirs))
    memory = world.write(world.settings.with_name("CLAUDE.md"), b"# mine\n")
    go(world, EVERY_PLAN[destination](world.surroundings))
    written = json.loads(world.settings.read_text())
    del written["env"]
    assert written == theirs
    assert world.settings.with_name("CLAUDE.md").read_bytes() == memory


def test_every_switch_first_copies_what_was_there(gateway_world: Any) -> None:
    world = gateway_world
    world.write(world.settings, MINE)
    for destination in ("token", "key", "ccr", "official"):
        before = world.settings.read_bytes()
        result = go(world, EVERY_PLAN[destination](world.surroundings))
        assert result.backups[0].read_bytes() == before


def test_the_folder_that_claude_code_is_told_to_use_is_the_one_that_is_changed(world: Any) -> None:
    elsewhere = world.home / "elsewhere"
    around = world.with_environment(CLAUDE_CONFIG_DIR=str(elsewhere))
    to(around, RELAY)
    assert (elsewhere / "settings.json").exists()
    assert (elsewhere / ".claude.json").exists()
    assert not world.settings.exists()


def test_a_gateway_on_all_interfaces_is_reached_on_loopback(gateway_world: Any, port: int) -> None:
    world = gateway_world
    world.config.write_text(world.config.read_text().replace('{"PORT"', '{"HOST": "0.0.0.0", "PORT"'))
    to_ccr(world)
    assert env(world)["ANTHROPIC_BASE_URL"] == f"http://127.0.0.1:{port}"
