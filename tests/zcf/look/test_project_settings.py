"""What a project sets for Claude Code."""

from __future__ import annotations

from pathlib import Path

import pytest

from zcf.look.project_settings import ProjectSettings, project_settings


@pytest.mark.parametrize(
    ("file", "content", "names"),
    [
        ("settings.json", '{"env": {"ANTHROPIC_MODEL": "m", "X": "1", "ANTHROPIC_BASE_URL": "u"}}', 2),
        ("settings.local.json", '{"env": {"ANTHROPIC_API_KEY": ""}} // c', 1),
        ("settings.json", '{"env": {"X": "1"}}', 0),
        ("settings.json", '{"env": "x"}', 0),
        ("settings.json", "{", 0),
        ("other.json", '{"env": {"ANTHROPIC_BASE_URL": "u"}}', 0),
    ],
)
def test_which_variables_of_the_connection_it_sets(tmp_path: Path, file: str, content: str, names: int) -> None:
    path = tmp_path / ".claude" / file
    path.parent.mkdir()
    path.write_text(content)
    found = project_settings(tmp_path, tmp_path / "own.json")
    assert [settings.path for settings in found] == ([path] if names else [])
    assert sum(len(settings.names) for settings in found) == names


def test_in_the_home_folder_the_users_own_file_is_no_projects(tmp_path: Path) -> None:
    own = tmp_path / ".claude" / "settings.json"
    local = own.with_name("settings.local.json")
    own.parent.mkdir()
    for path in (own, local):
        path.write_text('{"env": {"ANTHROPIC_BASE_URL": "u"}}')
    assert project_settings(tmp_path, own) == (ProjectSettings(local, ("ANTHROPIC_BASE_URL",)),)
