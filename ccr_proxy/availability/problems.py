"""What is wrong with the settings of availability, as problems of the configuration file."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ccr_proxy.availability.read_settings import read_settings
from ccr_proxy.config.interpolate import interpolate
from ccr_proxy.config.load import LoadedConfig, load
from ccr_proxy.config.problems import Finding, located
from ccr_proxy.config.schema import Provider
from ccr_proxy.config.validation import fit
from ccr_proxy.usage.price_book import PriceBook


def load_with_availability(path: Path, environ: Mapping[str, str]) -> LoadedConfig:
    """As `config.load.load`, and among the problems are those of availability. Raises ConfigFault."""
    loaded = load(path, environ)
    problems = dict.fromkeys((*loaded.problems, *located(_findings(loaded, environ), loaded.document)))
    in_order = sorted(problems, key=lambda problem: (problem.line, problem.column))
    return dataclasses.replace(loaded, problems=tuple(in_order))


def _findings(loaded: LoadedConfig, environ: Mapping[str, str]) -> tuple[Finding, ...]:
    data = interpolate(loaded.document.value, environ).value
    key = "providers" if data.get("Providers") is None and "providers" in data else "Providers"
    return read_settings(loaded.config, key, usable_indexes(data.get(key)), PriceBook(loaded.config).cost_of)[1]


def usable_indexes(listed: Any) -> tuple[int, ...]:
    """Where in the file's list those providers stand that `load` did not leave out."""
    entries = listed if isinstance(listed, list) else []
    return tuple(index for index, entry in enumerate(entries) if fit(Provider, entry, ())[0] is not None)
