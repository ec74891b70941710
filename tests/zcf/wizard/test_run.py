"""The wizard with a person who answers as written, a real local provider, and a gateway in a home of its own."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from ccr_proxy.errors import ServiceFault
from tests.zcf.conftest import FRESH_KEY, World
from tests.zcf.prompts.scripted import CTRL_C, ESC, ScriptedAsker
from tests.zcf.sabotage import FAULTS, assert_all_or_nothing
from zcf.errors import Refusal
from zcf.i18n import LANGUAGES, Texts
from zcf.prompts import Back
from zcf.wizard.run import run

GOOD_KEY = "sk-good"
EN = Texts("en")


@pytest.fixture
def provider() -> Iterator[str]:
    """A provider's base address; it lists its models to whoever has the key."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            good = self.headers["authorization"] == f"Bearer {GOOD_KEY}"
            body = {"data": [{"id": "big"}, {"id": "small"}]} if good else {"error": {"message": "Incorrect API key"}}
            data = json.dumps(body).encode()
            self.send_response(200 if good else 401)
            self.send_header("content-length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *_: Any) -> None:
            """Keep the test output clean."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield f"http://127.0.0.1:{server.server_address[1]}/v1"
        server.shutdown()
        thread.join()


def ask(world: World, asker: ScriptedAsker, texts: Texts = EN) -> tuple[int, str]:
    """The exit code and everything that was told."""
    told: list[str] = []
    code = run(asker, texts, world.surroundings, told.append)
    assert asker.is_done
    return code, "\n".join(told)


def custom(provider: str, *more: object) -> ScriptedAsker:
    """A person who wants a provider of their own."""
    return ScriptedAsker("OpenAI-compatible", EN("wizard.own_variant"), provider, GOOD_KEY, *more)


def config_of(world: World) -> dict[str, Any]:
    parsed: dict[str, Any] = json.loads(world.config.read_text())
    return parsed


def free(world: World, port: int) -> tuple[object, ...]:
    """The answers that lead the gateway to a free port."""
    return (EN("wizard.other_port"), str(port), EN("wizard.accept"))


def test_from_nothing_to_a_gateway_that_answers(world: World, provider: str, port: int) -> None:
    asker = custom(provider, EN("wizard.each_route"), "big", "small", "big", "big", "small", *free(world, port), True)
    code, told = ask(world, asker)
    assert code == 0, told
    config = config_of(world)
    (entry,) = config["Providers"]
    assert (entry["api_base_url"], entry["api_key"]) == (f"{provider}/chat/completions", GOOD_KEY)
    assert entry["models"] == ["big", "small"]
    assert (config["Router"]["default"], config["Router"]["background"]) == ("custom,big", "custom,small")
    assert (config["PORT"], config["APIKEY"]) == (port, FRESH_KEY)
    assert json.loads(world.settings.read_text())["env"]["ANTHROPIC_BASE_URL"] == f"http://127.0.0.1:{port}"
    assert "lists 2" in told
    assert "custom,small: " in told
    assert GOOD_KEY not in told
    assert FRESH_KEY not in told


def test_a_wrong_key_can_be_typed_again(world: World, provider: str, port: int) -> None:
    asker = ScriptedAsker(
        "OpenAI-compatible", EN("wizard.own_variant"), "ftp://x", provider, "sk-wrong", EN("wizard.again"), GOOD_KEY,
        EN("wizard.as_suggested"), *free(world, port), True,
    )  # fmt: skip
    code, told = ask(world, asker)
    assert code == 0
    assert "Key: refused, HTTP 401: Incorrect API key" in told
    assert len(asker.refused) == 1
    assert config_of(world)["Providers"][0]["api_key"] == GOOD_KEY


def test_a_variable_is_stored_by_its_name(world: World, provider: str, port: int) -> None:
    world = world.with_environment(MY_KEY=GOOD_KEY)
    asker = ScriptedAsker(
        "OpenAI-compatible", EN("wizard.own_variant"), provider, "$NOT_SET", "$MY_KEY",
        EN("wizard.as_suggested"), *free(world, port), True,
    )  # fmt: skip
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MY_KEY", GOOD_KEY)
        code, told = ask(world, asker)
    assert code == 0, told
    assert config_of(world)["Providers"][0]["api_key"] == "$MY_KEY"
    assert asker.refused == [EN("wizard.variable_unset", name="NOT_SET")]


def test_esc_in_a_list_of_models_leads_back_to_the_question_before_it(world: World, provider: str, port: int) -> None:
    asker = custom(
        provider, EN("wizard.one_for_all"), ESC, EN("wizard.each_route"), "big", ESC, EN("wizard.as_suggested"),
        *free(world, port), True,
    )  # fmt: skip
    assert ask(world, asker)[0] == 0
    assert set(config_of(world)["Router"].values()) >= {"custom,big"}


def test_esc_at_the_endpoint_of_the_first_question_is_not_the_end(world: World) -> None:
    asker = ScriptedAsker("MiniMax", ESC, ESC)
    with pytest.raises(Back):
        ask(world, asker)
    assert asker.asked.count(EN("wizard.provider")) == 2


def test_an_own_access_key_and_a_port_that_is_taken(world: World, provider: str, port: int) -> None:
    taken = provider.rpartition(":")[2].removesuffix("/v1")
    asker = custom(
        provider, EN("wizard.as_suggested"), EN("wizard.own_key"), "my-own-key",
        EN("wizard.other_port"), "70000", taken, str(port), EN("wizard.accept"), True,
    )  # fmt: skip
    assert ask(world, asker)[0] == 0
    assert asker.refused[0] == EN("wizard.bad_port")
    assert asker.refused[1].startswith(f"port {taken} is in use by ")
    assert "pid" in asker.refused[1]
    assert config_of(world)["APIKEY"] == "my-own-key"


def test_escape_goes_back_to_the_question_before(world: World, provider: str, port: int) -> None:
    asker = custom(
        provider, ESC,  # at the models: back to the key
        GOOD_KEY, EN("wizard.as_suggested"), *free(world, port),
        ESC,  # at the consent: back to the gateway
        EN("wizard.accept"), True,
    )  # fmt: skip
    assert ask(world, asker)[0] == 0


def test_escape_at_the_first_question_leaves(world: World) -> None:
    with pytest.raises(Back):
        ask(world, ScriptedAsker(ESC))


def test_whoever_leaves_leaves_no_trace(world: World, provider: str, port: int) -> None:
    answers: list[object] = [
        "OpenAI-compatible",
        EN("wizard.own_variant"),
        provider,
        GOOD_KEY,
        EN("wizard.as_suggested"),
    ]
    answers += [*free(world, port)]
    before = world.everything()
    for count in range(len(answers) + 1):
        with pytest.raises(KeyboardInterrupt):
            run(ScriptedAsker(*answers[:count], CTRL_C), EN, world.surroundings, lambda line: None)
        assert world.everything() == before
    code, told = ask(world, ScriptedAsker(*answers, False))
    assert (code, told.splitlines()[-1]) == (130, EN("wizard.nothing_done"))
    assert world.everything() == before


def test_an_existing_configuration_is_extended_and_keeps_its_words(world: World, provider: str, port: int) -> None:
    text = f"""{{
  // mine
  "PORT": {port}, "APIKEY": "k",
  "Providers": [{{"name": "old", "api_base_url": "{provider}/chat/completions", "api_key": "x", "models": ["m"]}}],
  "Router": {{"default": "old,m"}},
  "mine": 1
}}"""
    world.write(world.config, text)
    code, told = ask(world, custom(provider, EN("wizard.as_suggested"), True))
    assert code == 0, told
    after = world.config.read_text()
    assert "// mine" in after
    assert '"name": "old"' in after
    assert '"mine": 1' in after
    assert '"default": "custom,big"' in after


def test_keeping_what_is_configured_changes_only_what_claude_code_needs(world: World, provider: str, port: int) -> None:
    config = {
        "PORT": port,
        "APIKEY": "k",
        "Providers": [{"name": "old", "api_base_url": f"{provider}/chat/completions", "api_key": "x", "models": ["m"]}],
        "Router": {"default": "old,m"},
    }
    before = world.write(world.config, json.dumps(config))
    assert ask(world, ScriptedAsker(EN("wizard.keep"), True))[0] == 0
    assert world.config.read_bytes() == before
    assert world.settings.exists()


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_preset_takes_at_most_eight_key_presses_beside_the_key(world: World, language: str) -> None:
    texts = Texts(language)
    asker = ScriptedAsker(
        "MiniMax", texts("wizard.own_variant"), "sk-typed", texts("wizard.go_on"), texts("wizard.as_suggested"),
        texts("wizard.accept"), False,
    )  # fmt: skip
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")
        ask(world, asker, texts)
    # Going on without the list of models costs two, which a reachable provider does not.
    assert asker.presses - 2 <= 8


def test_a_gateway_that_does_not_start_puts_everything_back(world: World, provider: str, port: int) -> None:
    world.gateway.fault = ServiceFault("no")
    before = world.everything()
    asker = custom(provider, EN("wizard.as_suggested"), *free(world, port), True)
    with pytest.raises(Refusal):
        run(asker, EN, world.surroundings, lambda line: None)
    after = {name: content for name, content in world.everything().items() if not name.startswith("zcf-state")}
    assert after == before


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_at_any_write_after_the_yes_leaves_all_or_nothing(world: World, port: int, fault: str) -> None:
    world.write(world.config, json.dumps({"PORT": port, "mine": 1}))
    world.write(world.settings, '{"theme": "dark"}')

    def act() -> None:
        world.gateway.close()
        assert ask(world, ScriptedAsker("search", "Demo", True))[0] == 0

    assert_all_or_nothing(world.home, fault, act, (Refusal, KeyboardInterrupt), least=20)
