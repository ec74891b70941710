"""A configuration file on disk becomes a typed configuration, with everything that is wrong in it.

What cannot be read at all raises ConfigFault. Anything else loads: a provider that lacks something is left out, a value
of the wrong type is replaced by its default, and each of these is a Problem with its line. Whether to go on with
problems is for the caller to decide.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ccr_proxy.config import checks
from ccr_proxy.config.document import Document, parse
from ccr_proxy.config.interpolate import Reference, interpolate
from ccr_proxy.config.json_path import JsonPath
from ccr_proxy.config.problems import Finding, Problem, located
from ccr_proxy.config.schema import Config, Provider
from ccr_proxy.config.source import read_text
from ccr_proxy.config.validation import fit
from ccr_proxy.errors import ConfigFault

__all__ = ["LoadedConfig", "Problem", "evaluate", "load"]


@dataclass(frozen=True, slots=True)
class LoadedConfig:
    """A configuration, what is wrong with it, and the file it came from as it stands on disk.

    `config` holds the variables' contents, `document` the file's `$NAME`: edits start from `document`.
    """

    config: Config
    problems: tuple[Problem, ...]
    document: Document
    path: Path
    references: tuple[Reference, ...] = ()

    @property
    def errors(self) -> tuple[Problem, ...]:
        """The problems that keep a part of the configuration from working."""
        return tuple(problem for problem in self.problems if problem.severity == "error")

    @property
    def warnings(self) -> tuple[Problem, ...]:
        """The problems that only deserve a look."""
        return tuple(problem for problem in self.problems if problem.severity == "warning")

    def is_from_environment(self, path: JsonPath) -> bool:
        """Whether the text at `path` (of the file) takes something from a variable, so must not be shown or saved."""
        return any(reference.path == path and reference.found for reference in self.references)


def load(path: Path, environ: Mapping[str, str]) -> LoadedConfig:
    """Read the file at `path`, with variables from `environ`. Raises ConfigFault, in one line, if it cannot be read."""
    return evaluate(parse(read_text(path), str(path)), path, environ)


def evaluate(document: Document, path: Path, environ: Mapping[str, str]) -> LoadedConfig:
    """As `load`, for a document that need not be on disk yet: what would this file mean?"""
    if not isinstance(document.value, dict):
        place = document.position(())
        raise ConfigFault(f"{document.source}:{place.line}:{place.column}: the file must hold an object: {{ … }}")
    try:
        interpolated = interpolate(document.value, environ)
        config, findings = _configured(document.value, interpolated.value, interpolated.references)
    except RecursionError:
        raise ConfigFault(f"{document.source}: lists and objects are nested too deeply") from None
    return LoadedConfig(config, located(findings, document), document, path, interpolated.references)


def _configured(
    raw: dict[str, Any], data: dict[str, Any], references: tuple[Reference, ...]
) -> tuple[Config, list[Finding]]:
    unset = frozenset(reference.path for reference in references if not reference.found)
    providers_key = "providers" if data.get("Providers") is None and "providers" in data else "Providers"
    providers, indexes, left_out, findings = _usable_providers(data.get(providers_key), providers_key)
    rest = {key: value for key, value in data.items() if key not in ("Providers", "providers")}
    # A client must never get in with the literal text "$NAME".
    if ("APIKEY",) in unset:
        rest.pop("APIKEY")
    config, rest_findings = fit(Config, rest, ())
    if config is None:
        raise AssertionError("every key of Config but the providers has a default")
    config = config.model_copy(update={"providers": providers})
    findings += [
        *rest_findings,
        *checks.unknown_names(raw, providers_key),
        *checks.providers(config, providers_key, indexes),
        *checks.routes(config, left_out, unset),
        *checks.rules(config, left_out, unset),
        *checks.variables(config, references, providers_key, indexes),
        *checks.access(config, ("APIKEY",) in unset),
    ]
    return config, findings


def _usable_providers(
    data: Any, key: str
) -> tuple[tuple[Provider, ...], tuple[int, ...], frozenset[str], list[Finding]]:
    """The providers that can be used, their places in the list, the names of those left out, and why."""
    if data is None:
        return (), (), frozenset(), []
    if not isinstance(data, list):
        return (), (), frozenset(), [Finding("error", (key,), f"{key} must be a list of objects")]
    usable: list[tuple[int, Provider]] = []
    left_out: set[str] = set()
    findings: list[Finding] = []
    for index, entry in enumerate(data):
        provider, faults = fit(Provider, entry, (key, index))
        findings += faults
        if provider is not None:
            usable.append((index, provider))
        elif isinstance(entry, dict):
            name = str(entry.get("name") or f"number {index + 1}")
            left_out.add(name.casefold())
            findings.append(Finding("error", (key, index), f'provider "{name}" is left out: it is not complete'))
    return tuple(entry for _, entry in usable), tuple(index for index, _ in usable), frozenset(left_out), findings
