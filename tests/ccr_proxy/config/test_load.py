from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ccr_proxy.config.document import parse
from ccr_proxy.config.load import LoadedConfig, evaluate, load
from ccr_proxy.errors import ConfigFault
from tests.ccr_proxy.config.json5_texts import values

COMPLETE = """{
  // the router's own style
  APIKEY: "$MY_KEY",
  "Providers": [
    {
      "name": "openrouter",
      "api_base_url": "https://openrouter.ai/api/v1/chat/completions",
      "api_key": "${OPENROUTER_KEY}",
      "models": ["google/gemini-2.5-pro-preview"],
      "transformer": { "use": ["openrouter"] },
    },
    {
      "name": "ollama",
      "api_base_url": "http://localhost:11434/v1/chat/completions",
      "api_key": "ollama",
      "models": ["qwen2.5-coder:latest"],
    },
  ],
  "Router": {
    "default": "openrouter,google/gemini-2.5-pro-preview",
    "background": "$BACKGROUND",
  },
  "PROXY_URL": "http://$PROXY_HOST:7890",
}
"""
ENVIRON = {"MY_KEY": "k", "OPENROUTER_KEY": "sk-or", "BACKGROUND": "ollama,qwen2.5-coder:latest", "PROXY_HOST": "proxy"}


def loaded(text: str, environ: dict[str, str] | None = None) -> LoadedConfig:
    return evaluate(parse(text, "config.json"), Path("config.json"), ENVIRON if environ is None else environ)


def lines(result: LoadedConfig) -> list[str]:
    return [problem.text("config.json") for problem in result.problems]


def test_a_file_of_the_router_loads_without_a_problem(tmp_path: Path) -> None:
    path = tmp_path / "config.json"
    path.write_text("\ufeff" + COMPLETE, encoding="utf-8")
    result = load(path, ENVIRON)
    assert result.problems == ()
    assert (result.config.api_key, result.config.proxy_url) == ("k", "http://proxy:7890")
    assert [provider.api_key for provider in result.config.providers] == ["sk-or", "ollama"]
    assert result.config.router.background == "ollama,qwen2.5-coder:latest"
    assert (result.path, result.document.source) == (path, str(path))


def test_variables_stay_variables_in_the_document() -> None:
    result = loaded(COMPLETE)
    assert result.document.get(("Providers", 0, "api_key")) == "${OPENROUTER_KEY}"
    assert result.is_from_environment(("Providers", 0, "api_key"))
    assert not result.is_from_environment(("Providers", 1, "api_key"))
    edited = result.document.with_value(("PORT",), 4000)
    assert "sk-or" not in edited.text
    assert "// the router's own style" in edited.text


def test_unset_variables_are_named_where_they_hurt() -> None:
    result = loaded(COMPLETE, {})
    assert lines(result) == [
        "config.json:3:3: error: APIKEY needs the environment variable MY_KEY, which is unset or empty"
        " (set MY_KEY where the gateway is started)",
        'config.json:8:7: error: Providers[0].api_key of provider "openrouter" needs the environment variable'
        " OPENROUTER_KEY, which is unset or empty (set OPENROUTER_KEY where the gateway is started)",
        "config.json:21:5: error: Router.background needs the environment variable BACKGROUND, which is unset or empty"
        " (set BACKGROUND where the gateway is started)",
        "config.json:23:3: warning: PROXY_URL needs the environment variable PROXY_HOST, which is unset or empty"
        " (set PROXY_HOST where the gateway is started)",
    ]


def test_the_text_of_an_unset_variable_never_becomes_the_access_key() -> None:
    assert loaded('{"APIKEY": "$MY_KEY"}', {}).config.api_key is None
    assert loaded('{"APIKEY": "pre-${MY_KEY}"}', {"MY_KEY": ""}).config.api_key is None


def test_every_problem_is_told_at_once_and_the_rest_works() -> None:
    result = loaded("""{
  "PORT": "many",
  "APIKEY": "k",
  "providers": [
    {"name": "good", "api_base_url": "https://a/v1", "api_key": "x", "models": ["m1", 5]},
    {"name": "bad", "api_base_url": "https://a/v1"},
    "text",
  ],
  "Router": {"default": "good,m1", "think": "bad,m", "webSearch": "godo,m1"},
}""")
    assert [provider.name for provider in result.config.providers] == ["good"]
    assert (result.config.port, result.config.providers[0].models) == (3456, ("m1",))
    assert lines(result) == [
        "config.json:2:3: error: PORT must be a whole number",
        "config.json:5:87: error: providers[0].models[1] must be text",
        "config.json:6:5: error: providers[1].api_key is missing",
        'config.json:6:5: error: provider "bad" is left out: it is not complete',
        "config.json:7:5: error: providers[2] must be an object",
        'config.json:9:36: error: Router.think: provider "bad" is not usable as it is configured',
        'config.json:9:54: error: Router.webSearch: there is no provider "godo" (did you mean "good"?)',
    ]
    assert result.errors == result.problems
    assert result.warnings == ()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('{"APIKEY": "k"}', ["error: no usable provider: every request will fail (add one to Providers)"]),
        (
            '{"APIKEY": "k", "Providers": []}',
            ["error: no usable provider: every request will fail (add one to Providers)"],
        ),
        (
            '{"APIKEY": "k", "Providers": {}}',
            [
                "error: Providers must be a list of objects",
                "error: no usable provider: every request will fail (add one to Providers)",
            ],
        ),
    ],
)
def test_no_providers_loads_and_says_so(text: str, expected: list[str]) -> None:
    result = loaded(text)
    assert [f"{problem.severity}: {problem.message}" for problem in result.problems] == [
        line.removesuffix(" (add one to Providers)") for line in expected
    ]
    assert (result.config.providers, result.config.host) == ((), "127.0.0.1")


def test_a_missing_access_key_is_a_warning() -> None:
    result = loaded(COMPLETE.replace('APIKEY: "$MY_KEY",', ""))
    assert result.config.api_key is None
    assert [problem.message for problem in result.warnings] == [
        "APIKEY is not set: the gateway has no access key to ask for"
    ]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "1:1: not valid JSON: it is empty"),
        (b"// nothing\n", "2:1: not valid JSON: there is no value in it, only white space or comments"),
        (b"[1]", "1:1: the file must hold an object: { … }"),
        (b'\n"text"', "2:1: the file must hold an object: { … }"),
        (
            b'{"PORT": 1',
            "1:11: not valid JSON: expected ',' or '}' after the value of \"PORT\", found the end of the file",
        ),
    ],
)
def test_what_is_no_configuration_is_one_plain_line(tmp_path: Path, content: bytes, message: str) -> None:
    path = tmp_path / "config.json"
    path.write_bytes(content)
    with pytest.raises(ConfigFault) as caught:
        load(path, {})
    assert caught.value.message == f"{path}:{message}"


def test_nesting_without_end_is_one_plain_line() -> None:
    with pytest.raises(ConfigFault, match="nested"):
        loaded('{"notes": ' + "[" * 900 + "]" * 900 + "}")


def test_names_from_the_file_cannot_break_a_message() -> None:
    result = loaded('{"Providers": [{"name": "a\\nb\\u001b[31m"}]}')
    assert 'provider "a?b?[31m" is left out: it is not complete' in [problem.message for problem in result.problems]


def test_a_missing_file_is_one_plain_line(tmp_path: Path) -> None:
    with pytest.raises(ConfigFault, match="no such file"):
        load(tmp_path / "config.json", {})


NAMES = ("Providers", "providers", "Router", "APIKEY", "PORT", "fallback", "timeouts", "HOST", "PROXY_URL", "LOG")


@given(st.dictionaries(st.sampled_from(NAMES), values))
def test_any_object_loads_with_its_problems(data: dict[str, Any]) -> None:
    result = evaluate(parse("{}", "x").with_value((), data), Path("x"), {})
    assert result.config.providers == ()
    assert all(problem.line >= 1 and "\n" not in problem.message for problem in result.problems)


def test_only_the_schema_side_imports_pydantic() -> None:
    script = (
        "import sys, ccr_proxy.config, ccr_proxy.config.paths, ccr_proxy.config.document, ccr_proxy.config.source,"
        " ccr_proxy.config.interpolate, ccr_proxy.config.problems; print('pydantic' in sys.modules)"
    )
    output = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout
    assert output.strip() == "False"
