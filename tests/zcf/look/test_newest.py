"""What the registries tell, and what is said when they do not."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.ports import free_port
from tests.zcf.look.registry import Registry, running_registry
from zcf.look.installed import Tool
from zcf.look.newest import NPM, PYPI, Registries, newest_version, registries
from zcf.net import NoAnswer


@pytest.fixture
def registry() -> Iterator[Registry]:
    with running_registry() as running:
        yield running


def where(registry: Registry) -> Registries:
    return registries(registry.environment(), Path("/nowhere"))


def test_the_newest_release_counts_and_not_the_last_in_the_list(registry: Registry) -> None:
    registry.has_zcf("0.9.0", "0.10.0", "0.2.0", "1.0.0rc1", "0.11.0", yanked="0.11.0")
    assert newest_version(Tool.ZCF, where(registry)) == "0.10.0"


def test_npm_is_asked_for_its_latest(registry: Registry) -> None:
    registry.has_npm("@anthropic-ai/claude-code", "2.1.332")
    assert newest_version(Tool.CLAUDE_CODE, where(registry)) == "2.1.332"


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (None, "the registry does not know it"),
        ((503, {}), "the registry answered 503"),
        ((200, "<html>log in</html>"), "the registry does not answer in JSON"),
        ((200, {"versions": []}), "the registry names no released version"),
    ],
)
def test_why_it_is_not_known(registry: Registry, answer: Any, reason: str) -> None:
    if answer:
        registry.answers["/simple/zcf/"] = answer
    with pytest.raises(NoAnswer) as refused:
        newest_version(Tool.ZCF, where(registry))
    assert refused.value.reason == reason


def test_a_registry_that_is_not_there_is_no_answer() -> None:
    nowhere = f"http://127.0.0.1:{free_port()}"
    with pytest.raises(NoAnswer):
        newest_version(Tool.ZCF, Registries(nowhere, nowhere))


@pytest.mark.parametrize(
    ("environ", "npmrc", "expected"),
    [
        ({}, "", Registries(PYPI, NPM)),
        ({"UV_DEFAULT_INDEX": "https://a/simple/"}, "", Registries("https://a/simple", NPM)),
        (
            {"PIP_INDEX_URL": "https://b/simple"},
            "registry = https://c/npm/\n",
            Registries("https://b/simple", "https://c/npm"),
        ),
        ({"npm_config_registry": "https://d"}, "registry=https://c\n", Registries(PYPI, "https://d")),
        ({}, "//c/:_authToken=secret\n@scope:registry=https://c\n", Registries(PYPI, NPM)),
    ],
)
def test_the_registries_are_those_that_pip_and_npm_use(
    tmp_path: Path, environ: dict[str, str], npmrc: str, expected: Registries
) -> None:
    (tmp_path / ".npmrc").write_text(npmrc)
    assert registries(environ, tmp_path) == expected
