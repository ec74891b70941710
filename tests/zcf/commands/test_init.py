"""`zcf init` from an empty home, from other people's files, and in every kind of trouble."""

from __future__ import annotations

import json
import os
import socket
import stat
import sys
from pathlib import Path
from typing import Any

import pytest

from ccr_proxy.errors import ServiceFault
from zcf.commands import init
from zcf.commands.init import InitRequest, InitResult
from zcf.errors import EXIT_CANCELLED, EXIT_FAILED, EXIT_WRONG_USE, Refusal
from zcf.plan.choice import Wish

DEEPSEEK = Wish(provider="deepseek", api_key="sk-deepseek-0123456789abcdef")


def run(world: Any, **request: Any) -> InitResult:
    """Prepare, carry out and verify."""
    done = init.carry_out(init.prepare(InitRequest(**request), world.surroundings), world.surroundings)
    return init.verify(done, lambda check: None)


def read(path: Path) -> Any:
    return json.loads(path.read_text())


def test_an_empty_home_gets_the_demo_and_works(world: Any, port: int) -> None:
    result = run(world, port=port)
    assert result.ok
    assert [check.target for check in result.checks] == ["demo,demo"]
    config = read(world.config)
    assert config["APIKEY"] == "sk-zcf-a-random-key-of-this-test"
    assert (config["HOST"], config["PORT"]) == ("127.0.0.1", port)
    assert read(world.settings) == {
        "env": {"ANTHROPIC_BASE_URL": f"http://127.0.0.1:{port}", "ANTHROPIC_AUTH_TOKEN": config["APIKEY"]}
    }
    assert read(world.state) == {"hasCompletedOnboarding": True}
    assert result.receipt is not None
    for path in (world.config, world.settings, world.state, result.receipt):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600 or sys.platform == "win32"


def test_the_second_run_changes_nothing(world: Any, port: int) -> None:
    run(world, port=port)
    before = world.everything()
    again = run(world)
    assert again.ok
    assert again.receipt is None
    assert again.backups == ()
    assert world.everything() == before
    assert world.gateway.log == ["start"]


def test_preparing_writes_nothing_at_all(world: Any, port: int) -> None:
    prepared = init.prepare(InitRequest(port=port), world.surroundings)
    assert len(prepared.plan.changes) == 3
    assert list(world.home.iterdir()) == []


def test_a_named_provider_and_its_key(world: Any, port: int) -> None:
    result = run(world, wish=DEEPSEEK, port=port)
    provider = read(world.config)["Providers"][0]
    assert provider["name"] == "deepseek"
    assert provider["api_key"] == DEEPSEEK.api_key
    assert [(check.routes, check.target) for check in result.checks] == [
        (("default", "think", "longContext", "webSearch"), "deepseek,deepseek-v4-pro"),
        (("background",), "deepseek,deepseek-flash"),
    ]


def test_a_wrong_provider_key_keeps_the_files_and_says_what_the_provider_said(world: Any, port: int) -> None:
    world.gateway.broken = frozenset({"deepseek"})
    result = run(world, wish=DEEPSEEK, port=port)
    assert not result.ok
    assert {check.error for check in result.checks} == {"HTTP 403: Incorrect API key"}
    assert world.config.exists()
    assert result.receipt is not None


def test_a_found_key_is_stored_as_a_reference(world: Any, port: int) -> None:
    secret = "sk-mistral-secret-0123456789"
    run(world.with_environment(MISTRAL_API_KEY=secret), port=port)
    assert read(world.config)["Providers"][0]["api_key"] == "$MISTRAL_API_KEY"
    assert not any(secret.encode() in content for content in world.everything().values() if isinstance(content, bytes))


USABLE = """{
  // my own router
  "PORT": %d,
  "APIKEY": "my-key-0123456789",
  "Providers": [
    {"name": "mine", "api_base_url": "http://127.0.0.1:9/v1/chat/completions", "api_key": "k", "models": ["m"]}, // one
  ],
  "Router": {"default": "mine,m", "think": "mine,m"},
}
"""


def test_a_usable_configuration_is_kept_byte_for_byte(world: Any, port: int) -> None:
    before = world.write(world.config, USABLE % port)
    result = run(world)
    assert result.ok
    assert world.config.read_bytes() == before
    assert read(world.settings)["env"]["ANTHROPIC_AUTH_TOKEN"] == "my-key-0123456789"
    assert not list(world.config.parent.glob("*.bak"))


def test_a_configuration_without_a_key_gets_the_documented_one(world: Any, port: int) -> None:
    world.write(world.config, (USABLE % port).replace('  "APIKEY": "my-key-0123456789",\n', ""))
    run(world)
    assert '"APIKEY": "sk-zcf-x-ccr"' in world.config.read_text()
    assert "// my own router" in world.config.read_text()
    assert read(world.settings)["env"]["ANTHROPIC_AUTH_TOKEN"] == "sk-zcf-x-ccr"


def test_the_backup_is_the_old_file_under_ccrs_name_in_true_utc(world: Any, port: int) -> None:
    before = world.write(world.config, USABLE % port)
    result = run(world, wish=DEEPSEEK)
    copy = world.config.with_name("config.json.2026-11-23T07-17-39-288Z.bak")
    assert result.backups == (copy,)
    assert copy.read_bytes() == before
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600 or sys.platform == "win32"


def test_adding_a_provider_keeps_comments_and_the_users_own_provider(world: Any, port: int) -> None:
    world.write(world.config, USABLE % port)
    run(world, wish=DEEPSEEK)
    text = world.config.read_text()
    assert "// my own router" in text
    assert "// one" in text
    assert '"default": "deepseek,deepseek-v4-pro"' in text
    assert '{"name": "mine", "api_base_url"' in text


def test_a_file_that_uses_an_api_key_goes_on_using_one_and_it_is_approved(world: Any, port: int) -> None:
    world.write(world.settings, '{"env": {"ANTHROPIC_API_KEY": "sk-ant-old"}, "theme": "dark"}')
    tail = "sk-zcf-a-random-key-of-this-test"[-20:]
    world.write(world.state, json.dumps({"customApiKeyResponses": {"approved": ["x"], "rejected": [tail, "y"]}}))
    run(world, port=port)
    env = read(world.settings)["env"]
    assert env["ANTHROPIC_API_KEY"] == "sk-zcf-a-random-key-of-this-test"
    assert "ANTHROPIC_AUTH_TOKEN" not in env
    assert read(world.state)["customApiKeyResponses"] == {"approved": ["x", tail], "rejected": ["y"]}


def test_claude_config_dir_is_honoured(world: Any, port: int) -> None:
    elsewhere = world.home / "elsewhere"
    run(world.with_environment(CLAUDE_CONFIG_DIR=str(elsewhere)), port=port)
    assert sorted(path.name for path in elsewhere.iterdir()) == [".claude.json", "settings.json"]
    assert not world.settings.exists()
    assert not world.state.exists()


# --- files as people have them ----------------------------------------------------------------------------------------

ODD_BUT_FINE = {
    "comments and a trailing comma": b'{\n  // mine\n  "theme": "dark", /* yes */\n  "env": {"A": "1",},\n}\n',
    "a byte order mark": b'\xef\xbb\xbf{"theme": "dark"}\n',
    "windows line endings": b'{\r\n\t"theme": "dark"\r\n}\r\n',
    "empty": b"",
    "only a comment": b"// nothing yet\n",
    "an empty env": b'{"env": {}}',
}


@pytest.mark.parametrize("content", ODD_BUT_FINE.values(), ids=ODD_BUT_FINE.keys())
def test_odd_settings_keep_everything_that_was_there(world: Any, port: int, content: bytes) -> None:
    world.write(world.settings, content)
    assert run(world, port=port).ok
    after = world.settings.read_bytes()
    for line in content.splitlines():
        if line.strip().startswith(b"//") or (b"theme" in line and b"}" not in line):
            assert line in after
    assert after.startswith(b"\xef\xbb\xbf") == content.startswith(b"\xef\xbb\xbf")
    assert (b"\r\n" in after) == (b"\r\n" in content)


UNUSABLE = {
    "not json": (b'{"env": {"A": "1" "B": "2"}}', "file.not_json"),
    "cut off": (b'{"env": {', "file.not_json"),
    "a list": (b"[1, 2]", "file.no_object"),
    "env is a text": (b'{\n  "env": "ANTHROPIC_BASE_URL=x"\n}', "file.no_object"),
    "not utf-8": (b'{"name": "\xe4"}', "file.not_utf8"),
}


@pytest.mark.parametrize(("content", "sentence"), UNUSABLE.values(), ids=UNUSABLE.keys())
def test_unusable_settings_are_refused_with_the_place_and_left_alone(
    world: Any, port: int, content: bytes, sentence: str
) -> None:
    world.write(world.settings, content)
    before = world.everything()
    with pytest.raises(Refusal) as refusal:
        run(world, port=port)
    assert refusal.value.sentence == sentence
    assert refusal.value.exit_code == EXIT_FAILED
    assert str(world.settings) in str(refusal.value.values["path"])
    assert world.everything() == before


UNUSABLE_CONFIG = {
    "not json": (b'{"Providers": [}', "file.not_json"),
    "a list": (b"[]", "file.no_object"),
    "providers is an object": (b'{"Providers": {"name": "x"}}', "file.no_list"),
    "router is a text": (b'{"Providers": [], "Router": "deepseek,deepseek-chat"}', "file.no_object"),
    "models is a text": (b'{"Providers": [{"name": "deepseek", "models": "m"}]}', "file.no_list"),
}


@pytest.mark.parametrize(("content", "sentence"), UNUSABLE_CONFIG.values(), ids=UNUSABLE_CONFIG.keys())
def test_an_unusable_configuration_is_refused_and_left_alone(
    world: Any, port: int, content: bytes, sentence: str
) -> None:
    world.write(world.config, content)
    before = world.everything()
    with pytest.raises(Refusal) as refusal:
        run(world, wish=DEEPSEEK, port=port)
    assert refusal.value.sentence == sentence
    assert world.everything() == before


def test_a_folder_in_the_place_of_a_file_is_refused(world: Any, port: int) -> None:
    world.settings.mkdir(parents=True)
    with pytest.raises(Refusal) as refusal:
        run(world, port=port)
    assert refusal.value.sentence == "file.unreadable"


def test_a_write_protected_file_is_refused(world: Any, port: int) -> None:
    before = world.write(world.settings, "{}", mode=0o444)
    with pytest.raises(Refusal) as refusal:
        run(world, port=port)
    assert refusal.value.sentence == "file.read_only"
    assert world.settings.read_bytes() == before


def test_a_symlink_stays_one(world: Any, port: int) -> None:
    real = world.home / "dotfiles" / "claude.json"
    world.write(real, '{"theme": "dark"}', mode=0o600)
    world.settings.parent.mkdir()
    world.settings.symlink_to(real)
    run(world, port=port)
    assert world.settings.is_symlink()
    assert read(real)["theme"] == "dark"
    assert "ANTHROPIC_BASE_URL" in read(real)["env"]


# --- the port ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def taken_port() -> Any:
    with socket.create_server(("127.0.0.1", 0)) as stranger:
        yield stranger.getsockname()[1]


def test_a_port_that_was_asked_for_and_is_taken_is_refused_before_anything_changes(world: Any, taken_port: int) -> None:
    with pytest.raises(Refusal) as refusal:
        run(world, port=taken_port)
    assert refusal.value.sentence == "port.taken"
    assert str(os.getpid()) in str(refusal.value.values["holder"])
    assert world.everything() == {}


def test_a_configured_port_that_is_taken_is_refused(world: Any, taken_port: int) -> None:
    before = world.write(world.config, USABLE % taken_port)
    with pytest.raises(Refusal) as refusal:
        run(world)
    assert refusal.value.sentence == "port.taken"
    assert world.config.read_bytes() == before


def test_a_taken_default_port_is_passed_over_and_named(
    world: Any, taken_port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(init, "DEFAULT_PORT", taken_port)
    prepared = init.prepare(InitRequest(), world.surroundings)
    other = json.loads(prepared.plan.changes[0].after or b"")["PORT"]
    assert taken_port < other < taken_port + 60
    assert prepared.plan.base_url == f"http://127.0.0.1:{other}"
    assert [note.sentence for note in prepared.notices if note.sentence.startswith("port.")] == ["port.taken_other"]


def test_a_port_of_our_own_running_gateway_is_no_obstacle(world: Any, port: int) -> None:
    run(world, port=port)
    result = run(world, wish=DEEPSEEK)
    assert result.ok
    assert world.gateway.log == ["start", "restart", "start"]


# --- trouble while it happens -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("fault", [ServiceFault("it ended at once", ("last words",)), KeyboardInterrupt()])
def test_a_gateway_that_does_not_start_leaves_everything_as_it_was(world: Any, port: int, fault: BaseException) -> None:
    world.write(world.config, USABLE % port, mode=0o644)
    world.write(world.settings, '{"env": {"ANTHROPIC_AUTH_TOKEN": "mine"}}', mode=0o640)
    before = world.everything()
    world.gateway.fault = fault
    with pytest.raises((Refusal, KeyboardInterrupt)) as raised:
        run(world, wish=DEEPSEEK)
    if isinstance(raised.value, Refusal):
        assert raised.value.values["reason"] == "it ended at once last words"
    assert world.everything() == before
    assert stat.S_IMODE(world.settings.stat().st_mode) == 0o640 or sys.platform == "win32"


def test_ctrl_c_while_the_models_are_asked_keeps_the_set_up_and_says_so(
    world: Any, port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(init, "check_routes", interrupted)
    with pytest.raises(Refusal) as refusal:
        run(world, port=port)
    assert (refusal.value.sentence, refusal.value.exit_code) == ("init.cancelled_unchecked", EXIT_CANCELLED)
    assert world.config.exists()


def test_a_state_directory_that_cannot_be_made_is_refused_and_nothing_changes(world: Any, port: int) -> None:
    world.write(world.home / "zcf-state", "a file stands in the way")
    before = world.everything()
    with pytest.raises(Refusal) as refusal:
        run(world, port=port)
    assert refusal.value.sentence == "apply.failed"
    assert world.everything() == before


def test_an_older_copy_of_ours_without_a_record_is_replaced(world: Any, port: int) -> None:
    run(world, port=port)
    world.gateway.recorded = False
    assert run(world, wish=DEEPSEEK).ok
    assert world.gateway.log == ["start", "restart", "start"]


def test_a_gateway_of_another_home_is_a_stranger(world: Any, port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", port)):
        monkeypatch.setattr(init, "DEFAULT_PORT", port)
        monkeypatch.setattr(type(world.gateway), "running_on", lambda *_: pytest.fail("it must not be claimed"))
        assert f":{port}" not in init.prepare(InitRequest(), world.surroundings).plan.base_url


def test_an_open_host_without_a_key_never_gets_the_documented_one(world: Any, port: int) -> None:
    text = (USABLE % port).replace('  "APIKEY": "my-key-0123456789",', '  "HOST": "0.0.0.0",')
    world.write(world.config, text)
    prepared = init.prepare(InitRequest(), world.surroundings)
    assert prepared.plan.key == "sk-zcf-a-random-key-of-this-test"
    assert prepared.plan.base_url == f"http://127.0.0.1:{port}"
    assert "host.open" in [note.sentence for note in prepared.notices]


def test_flags_that_make_no_sense_are_wrong_use(world: Any) -> None:
    for wish in (
        Wish(provider="nobody"),
        Wish(api_key="k"),
        Wish(model="m"),
        Wish(provider="deepseek"),
        Wish(provider="custom", api_key="k", model="m"),
        Wish(provider="custom", api_key="k", api_url="not-a-url", model="m"),
        Wish(provider="custom", api_key="k", api_url="http://127.0.0.1:1"),
        Wish(provider="deepseek", api_key="k", api_key_env="K"),
        Wish(provider="deepseek", api_key_env="not a name"),
        Wish(provider="deepseek", api_key=" "),
    ):
        with pytest.raises(Refusal) as refusal:
            run(world, wish=wish)
        assert refusal.value.exit_code == EXIT_WRONG_USE, wish
    assert world.everything() == {}


@pytest.mark.parametrize(
    ("content", "place", "sentence"),
    [
        (b'{"Providers": [],\n  "Router": []}', "2:3", "file.no_object"),
        (b'{"LOG": true,\n "APIKEY": 5}', "2:2", "file.no_text"),
    ],
)
def test_a_wrong_type_is_refused_with_its_place_in_the_users_own_file(
    world: Any, port: int, content: bytes, place: str, sentence: str
) -> None:
    world.write(world.config, content)
    with pytest.raises(Refusal) as refusal:
        run(world, port=port)
    assert (refusal.value.sentence, refusal.value.values["place"]) == (sentence, place)
    assert world.config.read_bytes() == content


def test_an_address_of_another_machine_is_refused(world: Any, port: int) -> None:
    with pytest.raises(Refusal) as refusal:
        run(world, host="192.0.2.1", port=port)
    assert refusal.value.sentence == "host.unusable"
    assert world.everything() == {}


def test_a_gateway_that_does_not_answer_is_named_and_not_taken_for_a_stranger(
    world: Any, port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    def hangs(_: Any) -> None:
        raise ServiceFault("the gateway (pid 7) runs but does not answer: `ccr restart --force` replaces it")

    monkeypatch.setattr(type(world.gateway), "running", hangs)
    with pytest.raises(Refusal) as refusal:
        run(world, port=port)
    assert refusal.value.sentence == "gateway.fault"
    assert "pid 7" in str(refusal.value.values["reason"])


def test_each_answer_is_told_as_it_comes(world: Any, port: int) -> None:
    world.gateway.broken = frozenset({"deepseek"})
    request = InitRequest(wish=DEEPSEEK, port=port)
    done = init.carry_out(init.prepare(request, world.surroundings), world.surroundings)
    told: list[str] = []
    result = init.verify(done, lambda check: told.append(check.target))
    assert not done.ok
    assert told == [check.target for check in result.checks] == ["deepseek,deepseek-v4-pro", "deepseek,deepseek-flash"]
