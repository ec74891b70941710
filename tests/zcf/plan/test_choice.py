"""Which provider is chosen, and how addresses and keys are understood."""

from __future__ import annotations

import pytest

from zcf.errors import Refusal
from zcf.facts import FoundKey, FoundServer
from zcf.plan.choice import Choice, Offers, Origin, Wish, choose, reference
from zcf.presets import find_preset, load_presets

PRESETS = load_presets()
KEYS = tuple(FoundKey(find_preset(PRESETS, name), name.upper() + "_API_KEY") for name in ("openai", "xai"))
SERVERS = (FoundServer("ollama", "http://127.0.0.1:11434", ("qwen3:8b", "gpt-oss:20b")),)


def decide(wish: Wish | None = None, *, keys: bool = False, servers: bool = False, state: str = "none") -> Choice:
    """Choose; `state` is the present configuration, a leading `force ` forces."""
    offers = Offers(PRESETS, KEYS if keys else (), SERVERS if servers else ())
    force, _, kind = state.rpartition(" ")
    return choose(
        wish or Wish(), offers, usable=kind in ("usable", "demo"), only_demo=kind != "usable", force=force == "force"
    )


@pytest.mark.parametrize(
    ("keys", "servers", "state", "origin", "providers"),
    [
        (False, False, "none", Origin.DEMO, ["demo"]),
        (False, True, "none", Origin.LOCAL, ["ollama"]),
        (True, True, "none", Origin.ENVIRONMENT, ["openai", "xai"]),
        (True, True, "usable", Origin.KEPT, []),
        (True, True, "force usable", Origin.ENVIRONMENT, ["openai", "xai"]),
        (False, False, "demo", Origin.KEPT, []),
        (True, False, "demo", Origin.ENVIRONMENT, ["openai", "xai"]),
        (False, True, "demo", Origin.LOCAL, ["ollama"]),
        (False, False, "force demo", Origin.DEMO, ["demo"]),
    ],
)
def test_the_order_of_what_is_taken(
    keys: bool, servers: bool, state: str, origin: Origin, providers: list[str]
) -> None:
    choice = decide(keys=keys, servers=servers, state=state)
    assert choice.origin is origin
    assert [entry.name for entry in choice.providers] == providers


def test_flags_come_first() -> None:
    choice = decide(Wish(provider="GLM", api_key=" sk-x "), keys=True, servers=True, state="usable")
    assert choice.origin is Origin.FLAGS
    assert choice.providers[0].name == "zai"
    assert choice.providers[0].api_key == "sk-x"


def test_a_key_in_the_environment_serves_a_named_provider() -> None:
    assert decide(Wish(provider="openai"), keys=True).providers[0].api_key == "$OPENAI_API_KEY"
    assert decide(Wish(provider="ollama", model="m")).providers[0].api_key == "ollama"


def test_a_key_chooses_no_provider_whose_models_are_not_known() -> None:
    relay = FoundKey(find_preset(PRESETS, "packycode"), "PACKYCODE_API_KEY")
    choice = choose(Wish(), Offers(PRESETS, (relay,), ()), usable=False, only_demo=False, force=False)
    assert choice.origin is Origin.DEMO
    wish = Wish(provider="packycode", model="m")
    named = choose(wish, Offers(PRESETS, (relay,), ()), usable=False, only_demo=False, force=False)
    assert named.providers[0].api_key == "$PACKYCODE_API_KEY"


def test_a_variant_is_a_provider_of_its_own() -> None:
    entry = decide(Wish(provider="GLM/cn", api_key="k")).providers[0]
    assert (entry.name, entry.api_base_url) == ("zai-cn", "https://open.bigmodel.cn/api/paas/v4/chat/completions")
    choice = decide(Wish(provider="glm-cn", api_key="k", model="glm-5.3-flash"))
    assert set((choice.routes or {}).values()) == {"zai-cn,glm-5.3-flash"}


@pytest.mark.parametrize(
    ("provider", "key"),
    [
        ("moonshot", "$MOONSHOT_API_KEY"),
        ("kimi/cn", "$MOONSHOT_API_KEY"),
        ("kimi/coding", "$KIMI_API_KEY"),
        ("zai", None),
    ],
)
def test_a_variant_takes_its_own_key_from_the_environment(provider: str, key: str | None) -> None:
    moonshot = FoundKey(find_preset(PRESETS, "moonshot"), "MOONSHOT_API_KEY", ("KIMI_API_KEY",))
    choice = choose(
        Wish(provider=provider), Offers(PRESETS, (moonshot,), ()), usable=False, only_demo=False, force=False
    )
    assert choice.providers[0].api_key == key


def test_a_model_that_was_asked_for_takes_every_route() -> None:
    choice = decide(Wish(provider="deepseek", api_key="k", model="deepseek-flash"))
    assert set((choice.routes or {}).values()) == {"deepseek,deepseek-flash"}
    own = decide(Wish(provider="openrouter", api_key="k", model="vendor/new"))
    assert own.providers[0].models[0].id == "vendor/new"


@pytest.mark.parametrize(
    ("provider", "given", "stored", "protocol"),
    [
        ("custom", "https://h", "https://h/v1/chat/completions", "openai-chat"),
        ("custom", "https://h/", "https://h/v1/chat/completions", "openai-chat"),
        ("custom", "https://h/v1", "https://h/v1/chat/completions", "openai-chat"),
        ("custom", "https://h/api/paas/v4/", "https://h/api/paas/v4/chat/completions", "openai-chat"),
        ("custom", "https://h/v1/chat/completions", "https://h/v1/chat/completions", "openai-chat"),
        ("custom", "https://h/x/chat?a=1", "https://h/x/chat?a=1", "openai-chat"),
        ("custom", "https://h/anthropic", "https://h/anthropic/v1/messages", "anthropic"),
        ("custom", "https://h/v1/messages", "https://h/v1/messages", "anthropic"),
        ("custom", "https://h/v1/responses", "https://h/v1/responses", "openai-responses"),
        ("custom/anthropic", "https://h", "https://h/v1/messages", "anthropic"),
        ("custom/responses", "https://h/v1", "https://h/v1/responses", "openai-responses"),
        ("custom/gemini", "https://h", "https://h", "gemini"),
        ("anthropic", "https://h", "https://h/v1/messages", "anthropic"),
        ("anthropic", "https://h/v1", "https://h/v1/messages", "anthropic"),
        (None, "http://[::1]:8000/v1", "http://[::1]:8000/v1/chat/completions", "openai-chat"),
    ],
)
def test_addresses_become_whole_endpoints(provider: str | None, given: str, stored: str, protocol: str) -> None:
    entry = decide(Wish(provider=provider, api_url=given, api_key="k", model="m")).providers[0]
    assert (entry.api_base_url, entry.protocol) == (stored, protocol)


@pytest.mark.parametrize("url", ["", "h", "ftp://h", "http://", "http://h:99999", "http:// h", "https://[::1"])
def test_what_is_no_address_is_refused(url: str) -> None:
    with pytest.raises(Refusal) as refusal:
        decide(Wish(provider="custom", api_url=url, api_key="k", model="m"))
    assert refusal.value.sentence == "flags.bad_url"


@pytest.mark.parametrize(("name", "stored"), [("MY_KEY", "$MY_KEY"), ("my_key", "${my_key}"), ("K2", "$K2")])
def test_references_are_spelled_so_that_they_are_read(name: str, stored: str) -> None:
    assert reference(name) == stored
