from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from ccr_proxy.config.schema import Config, ModelTransformer, Provider, Router, TransformerUse
from ccr_proxy.config.target_set import single

PROVIDER = {"name": "DeepSeek", "api_base_url": "https://api.deepseek.com/chat/completions", "api_key": "sk-1"}


def provider(**more: Any) -> Provider:
    return Provider.model_validate(PROVIDER | more)


def config(**more: Any) -> Config:
    return Config.model_validate(more)


def test_the_defaults_are_closed_and_patient() -> None:
    empty = config()
    assert (empty.host, empty.port, empty.api_key, empty.providers) == ("127.0.0.1", 3456, None, ())
    assert (empty.router, empty.router.long_context_threshold) == (Router(), 60_000)
    assert (empty.timeouts.connect_ms, empty.timeouts.first_byte_ms, empty.timeouts.idle_ms) == (
        30_000,
        600_000,
        600_000,
    )
    assert (empty.api_timeout_ms, empty.log, empty.log_level) == (600_000, True, "info")


@pytest.mark.parametrize(
    ("key", "value", "attribute", "expected"),
    [
        ("HOST", "0.0.0.0", "host", "0.0.0.0"),
        ("HOST", "", "host", "127.0.0.1"),
        ("PORT", "3457", "port", 3457),
        ("PORT", 8080, "port", 8080),
        ("APIKEY", "k", "api_key", "k"),
        ("APIKEY", "", "api_key", None),
        ("API_TIMEOUT_MS", "600000", "api_timeout_ms", 600_000),
        ("LOG", False, "log", False),
        ("LOG", "false", "log", False),
        ("LOG_LEVEL", "debug", "log_level", "debug"),
        ("CUSTOM_ROUTER_PATH", "/r.py", "custom_router_path", "/r.py"),
        ("REWRITE_SYSTEM_PROMPT", "/p.md", "rewrite_system_prompt", "/p.md"),
        ("transformers", [{"path": "/t.js"}], "transformers", ({"path": "/t.js"},)),
        ("forceUseImageAgent", True, "force_use_image_agent", True),
        ("fallback", {"default": ["a,b", "c,d"]}, "fallback", {"default": ("a,b", "c,d")}),
        ("httpsProxy", "http://p", "proxy_url", "http://p"),
        ("PROXY_URL", "", "proxy_url", None),
    ],
)
def test_top_level_keys_in_the_routers_spelling(key: str, value: Any, attribute: str, expected: Any) -> None:
    assert getattr(config(**{key: value}), attribute) == expected


def test_of_the_proxy_keys_the_first_that_is_set_counts() -> None:
    assert config(PROXY_URL="http://4", httpsProxy="http://3", https_proxy="http://2").proxy_url == "http://2"
    assert config(PROXY_URL="http://4", HTTPS_PROXY="").proxy_url == "http://4"


def test_capital_providers_wins_over_small() -> None:
    other = PROVIDER | {"name": "Other"}
    assert config(providers=[PROVIDER], Providers=[other]).providers[0].name == "Other"
    assert config(providers=[PROVIDER]).providers[0].name == "DeepSeek"


def test_router_keys() -> None:
    router = Router.model_validate(
        {"default": "a,b", "background": "", "longContext": "c,d", "longContextThreshold": "90000", "webSearch": "e,f"}
    )
    assert router.long_context_threshold == 90_000
    assert router.routes() == {"default": "a,b", "longContext": "c,d", "webSearch": "e,f"}


def test_routes_of_several_targets_keep_their_first_as_text() -> None:
    router = Router.model_validate(
        {"default": ["a,b", "c,d"], "think": {"targets": ["e,f", "g,h"], "strategy": "fastest"}}
    )
    assert (router.default, router.think, router.image) == ("a,b", "e,f", None)
    assert router.routes() == {"default": "a,b → c,d", "think": "fastest: e,f | g,h"}
    assert router.target_sets()["default"].names == ("a,b", "c,d")


def test_a_route_may_have_a_threshold_of_its_own() -> None:
    router = Router.model_validate({"longContextThreshold": 5, "longContextThresholds": {"think": "9"}})
    assert (router.threshold_for("think"), router.threshold_for("default")) == (9, 5)


@pytest.mark.parametrize(
    ("value", "chain"),
    [
        ("a,b", ("a,b",)),
        (["a,b", {"use": "c,d"}], ("a,b", "c,d")),
        ({"targets": ["a,b"]}, ("a,b",)),
        ([], ()),
        (None, ()),
    ],
)
def test_a_fallback_takes_the_forms_of_a_route(value: Any, chain: tuple[str, ...]) -> None:
    assert config(fallback={"think": value}).fallback == {"think": chain}


def test_a_fallback_has_no_strategy() -> None:
    with pytest.raises(ValidationError, match="is tried in order"):
        config(fallback={"default": [{"use": "a,b", "weight": 2}]})


@pytest.mark.parametrize("value", [0, "", None])
def test_no_threshold_is_the_default_threshold(value: Any) -> None:
    assert Router.model_validate({"longContextThreshold": value}).long_context_threshold == 60_000


def test_transformers_of_provider_and_model() -> None:
    transformer = provider(
        transformer={"use": ["deepseek", ["maxtoken", {"max_tokens": 65_536}]], "deepseek-chat": {"use": ["tooluse"]}}
    ).transformer
    assert transformer.use == (TransformerUse("deepseek", {}), TransformerUse("maxtoken", {"max_tokens": 65_536}))
    assert transformer.for_model("deepseek-chat") == (TransformerUse("tooluse", {}),)
    assert transformer.for_model("other") == ()
    assert ModelTransformer.model_validate({"use": [TransformerUse("a", {})]}).use == (TransformerUse("a", {}),)


@pytest.mark.parametrize("use", [5, [], ["a", 3], ["a", {}, {}], [{"x": 1}]])
def test_a_transformer_is_a_name_or_a_name_with_options(use: Any) -> None:
    with pytest.raises(ValidationError, match="transformer's name"):
        provider(transformer={"use": [use]})


@pytest.mark.parametrize("missing", ["name", "api_base_url", "api_key"])
def test_a_provider_needs_name_address_and_key(missing: str) -> None:
    for data in (PROVIDER | {missing: ""}, {key: value for key, value in PROVIDER.items() if key != missing}):
        with pytest.raises(ValidationError):
            Provider.model_validate(data)


def test_null_and_empty_options_of_a_provider_count_as_not_set() -> None:
    assert provider(protocol="", transformer=None, models=None, tokenizer=None, max_tokens="") == provider()


def test_the_demo_needs_only_its_name() -> None:
    assert Provider.model_validate({"name": "demo", "protocol": "demo"}).api_key == "demo"


def test_limits_of_a_model_go_before_those_of_its_provider() -> None:
    settings = {"big": {"max_tokens": 32_000, "context_window": 200_000}, "wide": {"context_window": 1}}
    limited = provider(max_tokens=8192, model_settings=settings)
    assert [limited.max_tokens_of(model) for model in ("big", "wide", "other")] == [32_000, 8192, 8192]
    assert [limited.context_window_of(model) for model in ("big", "other")] == [200_000, None]
    assert provider().max_tokens_of("any") is None


MODELS = config(
    Providers=[
        PROVIDER | {"models": ["Chat", "chat", "a,b", "Reasoner"]},
        PROVIDER | {"name": "twin", "api_key": "first", "models": ["x"]},
        PROVIDER | {"name": "twin", "api_key": "second", "models": ["only"]},
        PROVIDER | {"name": "TWIN", "api_key": "third"},
    ]
)


@pytest.mark.parametrize(
    ("text", "target"),
    [
        ("deepseek,chat", ("DeepSeek", "chat")),
        ("deepseek,not-listed", None),
        ("TWIN,anything", ("TWIN", "anything")),
        ("reasoner", ("DeepSeek", "Reasoner")),
        ("nothing", None),
        ("nobody,chat", None),
    ],
)
def test_listed_targets(text: str, target: tuple[str, str] | None) -> None:
    found = MODELS.listed_target(text)
    assert (found and (found[0].name, found[1])) == target


@pytest.mark.parametrize(
    ("text", "target"),
    [
        ("DeepSeek,chat", ("DeepSeek", "chat")),
        (" deepseek , Chat ", ("DeepSeek", "Chat")),
        ("deepseek,REASONER", ("DeepSeek", "Reasoner")),
        ("deepseek,a,b", ("DeepSeek", "a,b")),
        ("deepseek,Not-Listed", ("DeepSeek", "Not-Listed")),
        ("nobody,chat", None),
        ("chat", None),
        ("deepseek,", None),
        (",chat", None),
    ],
)
def test_targets(text: str, target: tuple[str, str] | None) -> None:
    found = MODELS.target(text)
    assert (found and (found[0].name, found[1])) == target


def test_of_equal_provider_names_the_last_counts_and_case_matters_only_then() -> None:
    keys = {name: found.api_key for name in ("twin", "TWIN", "Twin") if (found := MODELS.provider(name))}
    assert keys == {"twin": "second", "TWIN": "third", "Twin": "third"}


def test_bare_model_names() -> None:
    assert MODELS.has_model("reasoner")
    assert not MODELS.has_model("DeepSeek,chat")
    owner = MODELS.provider_of_model("only")
    assert owner is not None
    assert owner.api_key == "second"


def test_unknown_names_are_kept_but_never_shown() -> None:
    loaded = config(
        StatusLine={"enabled": True}, Providers=[PROVIDER | {"apiKey": "sk-hidden", "x": 1}], APIKEY="sk-mine"
    )
    assert loaded.model_extra == {"StatusLine": {"enabled": True}}
    assert loaded.providers[0].model_extra == {"apiKey": "sk-hidden", "x": 1}
    assert "sk-" not in repr(loaded)
    assert "sk-" not in str(loaded.providers[0])


def test_nothing_can_be_changed() -> None:
    with pytest.raises(ValidationError, match="frozen"):
        config().port = 1


def test_fields_can_also_be_given_by_their_names_here() -> None:
    router = Router(web_search_targets=single("a,b"))
    assert Config(port=1, router=router, providers=(provider(),)).router.web_search == "a,b"
