"""Whose router counts."""

from __future__ import annotations

from typing import Any

import pytest

from ccr_proxy.config.router import Router
from ccr_proxy.config.schema import Config
from ccr_proxy.routing.effective import effective_router, with_effective_router

GLOBAL = {"default": "g,d", "background": "g,b", "think": "g,t", "image": "g,i", "longContextThreshold": 5}


def router(data: dict[str, Any] | None) -> Router | None:
    return None if data is None else Router.model_validate(data)


@pytest.mark.parametrize(
    ("name", "project", "session", "expected"),
    [
        ("none", None, None, GLOBAL),
        ("a project's replaces it", {"default": "p,d"}, None, {"default": "p,d", "background": "g,b", "image": "g,i"}),
        (
            "a session's replaces both",
            {"default": "p,d", "think": "p,t"},
            {"default": "s,d"},
            {"default": "s,d", "background": "g,b", "image": "g,i"},
        ),
        (
            "background is always the global one",
            {"default": "p,d", "background": "p,b", "image": "p,i"},
            None,
            {"default": "p,d", "background": "g,b", "image": "p,i"},
        ),
        (
            "without a default the global one stays",
            {"think": "p,t", "longContextThreshold": 9},
            None,
            {"default": "g,d", "think": "p,t", "background": "g,b", "image": "g,i", "longContextThreshold": 9},
        ),
    ],
)
def test_the_nearest_router_counts_whole(name: str, project: Any, session: Any, expected: dict[str, Any]) -> None:
    found = effective_router(Router.model_validate(GLOBAL), router(project), router(session))
    assert found == Router.model_validate(expected), name


def test_without_a_nearer_one_the_configuration_stays_the_same_object() -> None:
    config = Config.model_validate({"Router": GLOBAL})
    assert with_effective_router(config, None, None) is config
    changed = with_effective_router(config, router({"default": "p,d"}), None)
    assert (changed.router.default, config.router.default) == ("p,d", "g,d")
