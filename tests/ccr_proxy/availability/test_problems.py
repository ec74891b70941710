"""A wrong `availability` section is a problem of the configuration like any other."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from ccr_proxy.availability.problems import load_with_availability
from ccr_proxy.config.reload import ConfigWatch
from ccr_proxy.service.config_check import check_everything
from tests.ccr_proxy.availability.simulated import provider

GOOD = {"APIKEY": "k", "Providers": [provider("p", "m")], "Router": {"default": "p,m"}}
WRONG = {"cooldown_ms": "long"}
UNKNOWN = {"cooldown": 5}


def written(path: Path, **availability: Any) -> Path:
    path.write_text(json.dumps(GOOD | {"availability": availability}, indent=1), encoding="utf-8")
    return path


def test_what_the_check_tells_the_loaded_configuration_has_too(tmp_path: Path) -> None:
    path = written(tmp_path / "config.json", **WRONG, **UNKNOWN)
    problems = load_with_availability(path, {}).problems
    assert [(each.severity, each.path[:2]) for each in problems] == [
        ("error", ("availability", "cooldown_ms")),
        ("warning", ("availability", "cooldown")),
    ]
    assert check_everything(path, {}).problems == problems


def test_a_running_gateway_takes_no_file_with_a_new_error_and_one_with_a_warning(tmp_path: Path) -> None:
    path = written(tmp_path / "config.json")
    stamps = iter(range(10))
    watch = ConfigWatch(
        load_with_availability(path, {}),
        lambda path: load_with_availability(path, {}),
        lambda path: next(stamps),  # type: ignore[arg-type,return-value]
    )
    written(path, **WRONG)
    assert watch.poll() is None
    assert watch.rejected
    assert "availability.cooldown_ms" in watch.rejected
    written(path, **UNKNOWN)
    changed = watch.poll()
    assert changed is not None
    assert [each.severity for each in changed.problems] == ["warning"]
