"""The newest version of a program, as its registry tells it: PyPI's index for zcf, npm's for the others.

Both follow what pip, uv and npm are configured to use, in the environment and in `~/.npmrc`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from packaging.version import InvalidVersion, Version

from zcf.look.installed import Tool
from zcf.net import NoAnswer, get

PATIENCE_SECONDS = 5.0
PYPI = "https://pypi.org/simple"
NPM = "https://registry.npmjs.org"
# https://peps.python.org/pep-0691/
_SIMPLE_JSON = "application/vnd.pypi.simple.v1+json"
_INDEX_VARIABLES = ("UV_DEFAULT_INDEX", "UV_INDEX_URL", "PIP_INDEX_URL")
_REGISTRY_VARIABLES = ("npm_config_registry", "NPM_CONFIG_REGISTRY")
_NPM_PACKAGES = {Tool.CLAUDE_CODE: "@anthropic-ai/claude-code", Tool.CCR: "@musistudio/claude-code-router"}


@dataclass(frozen=True, slots=True)
class Registries:
    """The addresses of the two registries, without a slash at their end."""

    python: str
    npm: str


def registries(environ: Mapping[str, str], home: Path) -> Registries:
    """The registries that pip or uv and npm would use."""
    return Registries(
        (_first(environ, _INDEX_VARIABLES) or PYPI).rstrip("/"),
        (_first(environ, _REGISTRY_VARIABLES) or _registry_of_npmrc(home / ".npmrc") or NPM).rstrip("/"),
    )


def newest_version(tool: Tool, where: Registries) -> str:
    """The newest released version. Raises NoAnswer when the registry does not tell."""
    if tool is Tool.ZCF:
        body = _answer(f"{where.python}/zcf/", {"accept": _SIMPLE_JSON})
        return _newest_release(body)
    body = _answer(f"{where.npm}/{_NPM_PACKAGES[tool].replace('/', '%2f')}/latest", {"accept": "application/json"})
    version = body.get("version")
    if not isinstance(version, str):
        raise NoAnswer("the registry names no version")
    return version


def _answer(url: str, headers: Mapping[str, str]) -> dict[str, Any]:
    answer = get(url, headers, timeout=PATIENCE_SECONDS)
    if answer.status == 404:
        raise NoAnswer("the registry does not know it")
    if answer.status != 200:
        raise NoAnswer(f"the registry answered {answer.status}")
    if not isinstance(answer.body, dict):
        raise NoAnswer("the registry does not answer in JSON")
    return answer.body


def _newest_release(index: Mapping[str, Any]) -> str:
    versions = sorted(_releases(index))
    if not versions:
        raise NoAnswer("the registry names no released version")
    return str(versions[-1])


def _releases(index: Mapping[str, Any]) -> Iterable[Version]:
    """Versions with a file that was not withdrawn (https://peps.python.org/pep-0700/ and pep-0592)."""
    withdrawn = {file.get("filename") for file in index.get("files") or () if file.get("yanked")}
    names = [str(file.get("filename")) for file in index.get("files") or () if file.get("filename") not in withdrawn]
    for text in index.get("versions") or ():
        try:
            version = Version(text)
        except InvalidVersion:
            continue
        if not version.is_prerelease and any(f"-{text}-" in name or f"-{text}.tar" in name for name in names):
            yield version


def _first(environ: Mapping[str, str], names: Iterable[str]) -> str | None:
    return next((environ[name] for name in names if environ.get(name)), None)


def _registry_of_npmrc(path: Path) -> str | None:
    try:
        lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return None
    settings = (line.partition("=") for line in lines)
    return next((value.strip() for name, _, value in settings if name.strip() == "registry" and value.strip()), None)
