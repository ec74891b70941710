"""Routes and lists of models are changed in the user's own text; what would not work is refused with a remedy."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from ccr_proxy.config.document import Document, parse
from ccr_proxy.config.load import LoadedConfig, evaluate
from ccr_proxy.config.model_edits import with_model, with_route, without_model
from ccr_proxy.errors import ConfigFault

ENVIRON = {"KEY": "sk-1", "MODEL": "m2", "NAME": "named"}
TEXT = """\
// mine
{
  Providers: [
    {name: "a", api_base_url: "http://x", api_key: "$KEY", models: ["m1", "$MODEL"]}, // one line
    {
      name: "$NAME",
      api_base_url: "http://y/v1/messages",
      api_key: "k",
      models: [
        "big", // the big one
        "small"
      ]
    },
    {name: "any", api_base_url: "http://z/v1/messages", api_key: "k"},
  ],
  Router: {
    default: "a,m1", // keep
    think: ["named,big", {use: "a,m1"}],
    rules: [{name: "night", when: {model: "x"}, use: "small"}],
  },
  fallback: {default: ["A,M2"]},
}
"""


def loaded(text: str = TEXT) -> LoadedConfig:
    return evaluate(parse(text, "config.json"), Path("config.json"), ENVIRON)


def changed_lines(document: Document) -> tuple[list[str], list[str]]:
    """The lines that went and those that came."""
    before, after = TEXT.splitlines(), document.text.splitlines()
    return [line for line in before if line not in after], [line for line in after if line not in before]


@pytest.mark.parametrize(
    ("edit", "went", "came"),
    [
        (
            lambda: with_route(loaded(), "default", ["NAMED,Big"]),
            ['    default: "a,m1", // keep'],
            ['    default: "named,big", // keep'],
        ),
        (lambda: with_route(loaded(), "background", ["m1", "any,what you like"]), [],
         ['    "background": [', '      "a,m1",', '      "any,what you like"', '    ],']),
        (
            lambda: with_model(loaded(), "a", "m3", ENVIRON),
            ['    {name: "a", api_base_url: "http://x", api_key: "$KEY", models: ["m1", "$MODEL"]}, // one line'],
            ['    {name: "a", api_base_url: "http://x", api_key: "$KEY", models: ["m1", "$MODEL", "m3"]}, // one line'],
        ),
        (
            lambda: with_model(loaded(), "named", "new", ENVIRON),
            ['        "small"'],
            ['        "small",', '        "new"'],
        ),
        (
            lambda: with_model(loaded(), "any", "m", ENVIRON),
            ['    {name: "any", api_base_url: "http://z/v1/messages", api_key: "k"},'],
            ['    {name: "any", api_base_url: "http://z/v1/messages", api_key: "k", "models": ["m"]},'],
        ),
        (lambda: with_model(loaded(), "a", "M1", ENVIRON), [], []),
        (lambda: with_route(loaded(), "default", ["a,m1"]), [], []),
    ],
)  # fmt: skip
def test_only_the_place_itself_changes(edit: Callable[[], Document], went: list[str], came: list[str]) -> None:
    assert changed_lines(edit()) == (went, came)


def test_a_model_that_nothing_uses_goes_even_if_a_variable_names_it() -> None:
    text = TEXT.replace('fallback: {default: ["A,M2"]}', "fallback: {}")
    assert without_model(loaded(text), "a", "m2", ENVIRON).text == text.replace('["m1", "$MODEL"]', '["m1"]')


@pytest.mark.parametrize(
    ("provider", "model", "message"),
    [
        ("a", "m1", "a,m1 is used by Router.default, Router.think[1].use: send these elsewhere first"),
        ("named", "small", 'named,small is used by rule "night": send these elsewhere first'),
        ("a", "m2", "a,m2 is used by fallback.default[0]: send these elsewhere first"),
        ("a", "m9", 'provider "a" does not list the model "m9" (known: m1, m2)'),
        ("b", "m1", 'there is no provider "b" (known: a, named, any)'),
    ],
)
def test_a_model_in_use_stays(provider: str, model: str, message: str) -> None:
    with pytest.raises(ConfigFault) as fault:
        without_model(loaded(), provider, model, ENVIRON)
    assert fault.value.message == message


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("a,m9", 'provider "a" does not list the model "m9" (known: m1, m2); `ccr model add a m9` adds it'),
        ("nmaed,big", 'there is no provider "nmaed" (did you mean "named"?)'),
        ("bigg", '"bigg" is neither "provider,model" nor a listed model (known: a,m1, a,m2, named,big, named,small)'),
    ],
)
def test_a_route_leads_only_to_what_there_is(name: str, message: str) -> None:
    with pytest.raises(ConfigFault) as fault:
        with_route(loaded(), "default", [name])
    assert fault.value.message == message


def test_of_two_providers_of_one_name_the_one_that_counts_is_changed() -> None:
    twice = (
        '{"Providers": [{"name":"d","protocol":"demo","models":["x"]}, {"name":"d","protocol":"demo","models":["y"]}]}'
    )
    assert with_model(loaded(twice), "d", "z", {}).text == twice.replace('["y"]', '["y", "z"]')
