"""`ccr config`: every problem with its line, what counts, and the schema."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ccr_proxy.config.json_schema import config_schema, schema_json


def test_a_good_configuration(ccr: Any) -> None:
    ccr.write_config()
    done = ccr("config", "check")
    assert (done.returncode, done.stdout) == (0, f"{ccr.config_path}: 0 errors, 0 warnings\n")


def test_every_problem_with_line_path_and_remedy(ccr: Any) -> None:
    ccr.write_config(
        Router={"default": "dmo,demo", "rules": [{"name": "r", "when": {"tokns": 1}, "use": "demo,demo"}]},
        availability={"retires": 1},
    )
    done = ccr("config", "check")
    assert done.returncode == 1
    *lines, end = done.stdout.splitlines()
    assert all(line.startswith(f"{ccr.config_path}:1:") for line in lines)
    assert any('there is no provider "dmo" (did you mean "demo"?)' in line for line in lines)
    assert any("Router.rules[0].when.tokns" in line for line in lines)
    assert end == f"{ccr.config_path}: 2 errors, 1 warning"
    document = ccr.json("config", "check")
    assert (document["ok"], document["errors"], document["warnings"]) == (False, 2, 1)
    (warning,) = (each for each in document["problems"] if each["severity"] == "warning")
    assert (warning["path"], warning["hint"]) == (["availability", "retires"], 'did you mean "retries"?')
    assert warning["line"] == 1


def test_warnings_alone_are_no_failure(ccr: Any) -> None:
    ccr.write_config(PROT=1)
    done = ccr("config", "check")
    assert (done.returncode, done.stdout.splitlines()[-1]) == (0, f"{ccr.config_path}: 0 errors, 1 warning")


def test_a_file_that_cannot_be_parsed(ccr: Any, tmp_path: Path) -> None:
    broken = tmp_path / "broken.json"
    broken.write_text('{\n  "PORT": }', encoding="utf-8")
    done = ccr("config", "check", "--config", str(broken))
    assert done.returncode == 1
    assert done.stdout.startswith(f"{broken}:2:11: error: not valid JSON: ")


def test_a_file_that_is_not_there(ccr: Any) -> None:
    for verb in ("check", "show"):
        done = ccr("config", verb)
        assert done.returncode == 1
        assert f"{ccr.config_path}: no such file; `zcf i -s -t ccr_proxy`" in done.stderr


def test_the_schema_is_the_one_in_the_documentation(ccr: Any) -> None:
    assert ccr("config", "schema").stdout == schema_json()
    assert ccr.json("config", "schema") == config_schema()


def test_what_counts_and_where_it_comes_from(ccr: Any) -> None:
    ccr.write_config(APIKEY="$GATE_KEY")
    secret = "sk-gate-0123456789-ABCDEF"
    plain = ccr("config", "show", GATE_KEY=secret)
    assert plain.returncode == 0
    assert "config.json:" not in plain.stdout
    sources = ccr("config", "show", "--sources", GATE_KEY=secret).stdout
    rows = {row[0]: row for row in (line.split() for line in sources.splitlines())}
    assert rows["HOST"] == ["HOST", "127.0.0.1", "default"]
    assert rows["APIKEY"][1:3] == ["set", "(…CDEF)"]
    assert rows["APIKEY"][-2:] == ["from", "$GATE_KEY"]
    assert rows["Router.default"][1] == "demo,demo"
    assert secret not in plain.stdout + sources
    values = {each["name"]: each for each in ccr.json("config", "show")["values"]}
    assert values["PORT"]["value"] == str(ccr.port)


def test_it_lists_its_verbs(ccr: Any) -> None:
    done = ccr("config", "--help")
    assert done.returncode == 0
    assert [line.split()[0] for line in done.stdout.partition("Commands:\n")[2].splitlines()] == [
        "check",
        "schema",
        "show",
    ]
