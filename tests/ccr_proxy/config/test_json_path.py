from __future__ import annotations

import pytest

from ccr_proxy.config.json_path import JsonPath, path_text


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ((), "the top level"),
        (("Router", "default"), "Router.default"),
        (("Providers", 0, "name"), "Providers[0].name"),
        (("projects", "/home/me"), 'projects["/home/me"]'),
        (("a.b",), '["a.b"]'),
        (("模型", 2, 3), "模型[2][3]"),
    ],
)
def test_paths_read_like_code(path: JsonPath, text: str) -> None:
    assert path_text(path) == text
