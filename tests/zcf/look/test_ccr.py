"""The present configuration, and npm's `ccr`."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from zcf.look.ccr import npm_ccr, npm_ccr_in_front, see_config

PROVIDER = '{"name": "a", "api_base_url": "http://h/v1/chat/completions", "api_key": "$K", "models": ["m"]}'


@pytest.mark.parametrize(
    ("text", "usable", "only_demo"),
    [
        (None, False, False),
        ("", False, False),
        ("{}", False, False),
        ('{"PORT": 1}', False, True),
        (f'{{"Providers": [{PROVIDER}]}}', False, False),
        (f'{{"Providers": [{PROVIDER}], "Router": {{"default": "a,m"}}}}', True, False),
        (f'{{"providers": [{PROVIDER}], "Router": {{"default": "a,m"}}}} // c', True, False),
        (f'{{"Providers": [{PROVIDER}], "Router": {{"default": "b,m"}}}}', False, False),
        ('{"Providers": [{"name": "demo", "protocol": "demo"}], "Router": {"default": "demo,demo"}}', True, True),
    ],
)
def test_whether_it_can_be_used(tmp_path: Path, text: str | None, usable: bool, only_demo: bool) -> None:
    path = tmp_path / "config.json"
    if text is not None:
        path.write_text(text)
    seen = see_config(path, {"K": "secret"})
    assert (seen.usable, seen.only_demo) == (usable, only_demo)


def test_npms_program_is_found_behind_ours(tmp_path: Path) -> None:
    ours, npms, package = tmp_path / "ours", tmp_path / "npm", tmp_path / "lib" / "claude-code-router"
    for folder in (ours, npms, package):
        folder.mkdir(parents=True)
    (ours / "ccr").write_text("#!/usr/bin/python3\n")
    (ours / "ccr").chmod(0o755)
    (package / "cli.js").write_text("// node\n")
    (package / "cli.js").chmod(0o755)
    environ = {"PATH": os.pathsep.join(map(str, (ours, npms)))}
    assert npm_ccr(environ) is None
    (npms / "ccr").symlink_to(package / "cli.js")
    assert npm_ccr(environ) == npms / "ccr"
    assert npm_ccr_in_front(environ) is None
    assert npm_ccr_in_front({"PATH": str(npms)}) == npms / "ccr"
