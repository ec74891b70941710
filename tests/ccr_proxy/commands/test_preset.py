"""`ccr preset` and `ccr install`: a configuration goes to somebody else, who gives it their own keys."""

from __future__ import annotations

import json
import os
import sys
import zipfile
from pathlib import Path
from typing import Any

import pexpect
import pytest

PROVIDER = {
    "name": "mock",
    "api_base_url": "https://api.example/v1/chat/completions",
    "api_key": "sk-SECRET",
    "models": ["m"],
}


def export(ccr: Any, archive: Path, name: str = "team") -> None:
    ccr.write_config(Providers=[PROVIDER], Router={"default": "mock,m"})
    done = ccr("preset", "export", name, "--output", str(archive), "--description", "Ours", "--tags", "a, b")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines() == [f"Preset: {archive}", "Asks for: mock_api_key", "Left out: PORT, APIKEY"]


def test_from_one_machine_to_another(ccr: Any, tmp_path: Path) -> None:
    archive = tmp_path / "team.zip"
    export(ccr, archive)
    with zipfile.ZipFile(archive) as content:
        assert b"SECRET" not in content.read("manifest.json")

    done = ccr("install", str(archive), "--set", "mock_api_key=sk-mine")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines() == [
        "Preset: team",
        f"Folder: {ccr.home}/.claude-code-router/presets/team",
        "Sends requests to: api.example",
        "Routes: default mock,m",
        "To use it: ccr team",
    ]
    manifest = json.loads((ccr.home / ".claude-code-router/presets/team/manifest.json").read_text())
    assert manifest["userValues"] == {"mock_api_key": "sk-mine"}

    assert ccr("preset", "list").stdout.splitlines() == ["NAME  VERSION  DESCRIPTION", "team  1.0.0    Ours"]
    info = ccr("preset", "info", "team")
    assert "sk-mine" not in info.stdout
    assert "Keywords: a, b" in info.stdout
    facts = ccr.json("preset", "info", "team")
    assert facts["inputs"] == [{"id": "mock_api_key", "type": "password", "answered": True}]

    assert ccr("preset", "rm", "team").stdout == "Removed: team\n"
    gone = ccr("preset", "remove", "team")
    assert (gone.returncode, gone.stderr) == (1, "error: there is no preset 'team' (none installed)\n")
    assert ccr.json("preset", "list") == {"presets": []}


def test_an_installed_one_is_replaced_only_when_asked_and_answered_anew_by_its_name(ccr: Any, tmp_path: Path) -> None:
    archive = tmp_path / "team.zip"
    export(ccr, archive)
    key = "mock_api_key"
    assert ccr("preset", "install", str(archive), "--set", f"{key}=1").returncode == 0
    again = ccr("install", str(archive), "--set", f"{key}=2")
    assert again.returncode == 2
    assert "preset team is installed already: --force replaces it, --name takes another" in again.stderr
    assert ccr("install", "team", "--set", f"{key}=3").returncode == 0
    assert ccr("install", str(archive), "--name", "other", "--set", f"{key}=4").returncode == 0
    answers = [
        json.loads((ccr.home / f".claude-code-router/presets/{name}/manifest.json").read_text())["userValues"][key]
        for name in ("team", "other")
    ]
    assert answers == ["3", "4"]
    # Without a new answer the one before stays, and what nobody is asked for too.
    manifest = ccr.home / ".claude-code-router/presets/team/manifest.json"
    manifest.write_text(manifest.read_text().replace(f'"{key}": "3"', f'"{key}": "3", "Router.think": "mock,m"'))
    assert ccr("install", "team").returncode == 0
    assert json.loads(manifest.read_text())["userValues"] == {key: "3", "Router.think": "mock,m"}
    assert ccr("install", str(archive), "--force", "--set", f"{key}=5").returncode == 0


@pytest.mark.parametrize(
    ("arguments", "code", "reason"),
    [
        ((), 2, "no terminal to ask on: --set mock_api_key=…"),
        (("--set", "nope=1"), 2, "the preset does not ask for nope (it asks for mock_api_key)"),
        (("--set", "mock_api_key"), 2, "--set takes ID=VALUE, not 'mock_api_key'"),
        (("--set", "mock_api_key="), 2, "mock_api_key is required"),
        (("--set", "mock_api_key=1", "--name", "../up"), 1, "a preset cannot be called '../up'"),
        (("--set", "mock_api_key=1", "--name", "start"), 2, "start is a verb of ccr, so the preset needs another name"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_installed(
    ccr: Any, tmp_path: Path, arguments: tuple[str, ...], code: int, reason: str
) -> None:
    export(ccr, tmp_path / "team.zip")
    done = ccr("install", str(tmp_path / "team.zip"), *arguments, PYTHONIOENCODING="utf-8")
    assert (done.returncode, done.stdout) == (code, "")
    assert reason in done.stderr
    assert ccr.json("preset", "list") == {"presets": []}


def test_an_archive_that_leads_out_of_the_preset_is_refused(ccr: Any, tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "evil.zip", "w") as archive:
        archive.writestr("manifest.json", "{}")
        archive.writestr("../../evil.py", "x")
    done = ccr("install", str(tmp_path / "evil.zip"), "--name", "evil")
    assert (done.returncode, done.stdout) == (1, "")
    assert "'../../evil.py' leads out of the preset; nothing was installed" in done.stderr
    assert not list(ccr.home.rglob("evil.py"))


def test_what_is_no_source_is_told(ccr: Any) -> None:
    done = ccr("install", "some-name-of-a-marketplace")
    assert done.returncode == 1
    assert "neither a folder with a manifest.json, nor a zip file, an address or an installed preset" in done.stderr


def test_a_folder_of_its_own_is_exported_and_installed(ccr: Any, tmp_path: Path) -> None:
    export(ccr, tmp_path / "mine", "mine")
    again = ccr("preset", "export", "mine", "--output", str(tmp_path / "mine"))
    assert (again.returncode, "exists already: --force replaces it" in again.stderr) == (2, True)
    assert ccr("install", str(tmp_path / "mine"), "--set", "mock_api_key=k").returncode == 0
    assert [each["name"] for each in ccr.json("preset", "list")["presets"]] == ["mine"]


@pytest.mark.skipif(os.name == "nt", reason="a terminal of POSIX")
def test_on_a_terminal_it_asks_hides_secrets_and_asks_again(ccr: Any) -> None:
    folder = ccr.home / "source"
    folder.mkdir()
    schema = [
        {"id": "key", "label": "Your key", "validator": "^sk-"},
        {"id": "size", "type": "select", "options": [{"value": "big"}, {"value": "small"}], "defaultValue": "big"},
    ]
    (folder / "manifest.json").write_text(json.dumps({"name": "asked", "schema": schema}))
    environment = {**ccr.environment, "TERM": "dumb"}
    command = ["-m", "ccr_proxy", "install", str(folder)]
    child = pexpect.spawn(sys.executable, command, env=environment, cwd=str(ccr.home), timeout=20, encoding="utf-8")
    child.expect("Your key: ")
    child.sendline("wrong")
    child.expect("does not match")
    child.expect("Your key: ")
    child.sendline("sk-hidden")
    child.expect(r"size \(big, small\) \[big\]: ")
    child.sendline("")
    child.expect("To use it: ccr asked")
    child.expect(pexpect.EOF)
    child.close()
    assert child.exitstatus == 0
    manifest = json.loads((ccr.home / ".claude-code-router/presets/asked/manifest.json").read_text())
    assert manifest["userValues"] == {"key": "sk-hidden", "size": "big"}
