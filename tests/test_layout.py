"""The shape of the house: file sizes, where tests live, what the wheel contains."""

from __future__ import annotations

import json
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGES = ("zcf", "ccr_proxy")
SOURCE_FOLDERS = (*PACKAGES, "tests", "scripts", "benchmarks")
MOST_LINES = 500


def python_files(folder: Path) -> list[Path]:
    """Every Python file below `folder`, sorted."""
    return sorted(folder.rglob("*.py"))


def mirrored_tests() -> list[Path]:
    """The test files that stand for one module: those below tests/zcf and tests/ccr_proxy."""
    return [path for name in PACKAGES for path in (ROOT / "tests" / name).rglob("test_*.py")]


def modules_of(test: Path) -> tuple[Path, Path]:
    """Where the module that `test` is about may be: a file or a package."""
    folder = ROOT / test.relative_to(ROOT / "tests").parent
    name = test.stem.removeprefix("test_")
    return folder / f"{name}.py", folder / name / "__init__.py"


@pytest.mark.parametrize("folder", SOURCE_FOLDERS)
def test_no_python_file_is_longer_than_one_can_read(folder: str) -> None:
    long_ones = {
        str(path.relative_to(ROOT)): lines
        for path in python_files(ROOT / folder)
        if (lines := len(path.read_text(encoding="utf-8").splitlines())) > MOST_LINES
    }
    assert long_ones == {}


def test_every_test_file_stands_where_its_module_stands() -> None:
    tests = mirrored_tests()
    homeless = [str(test.relative_to(ROOT)) for test in tests if not any(path.is_file() for path in modules_of(test))]
    assert tests
    assert homeless == []


@pytest.mark.parametrize("package", PACKAGES)
def test_every_module_says_what_it_is_for(package: str) -> None:
    silent = [
        str(path.relative_to(ROOT))
        for path in python_files(ROOT / package)
        if path.read_text(encoding="utf-8").strip() and not _starts_with_docstring(path)
    ]
    assert silent == []


def _starts_with_docstring(path: Path) -> bool:
    return path.read_text(encoding="utf-8").lstrip().startswith(('"""', 'r"""'))


def test_the_wheel_contains_both_packages_their_presets_and_commands(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir", str(tmp_path), "."]
    built = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert built.returncode == 0, built.stderr
    (wheel,) = tmp_path.glob("zcf-*.whl")
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
        (commands,) = (archive.read(name).decode() for name in names if name.endswith("entry_points.txt"))
        presets = {name for name in names if name.startswith("zcf/_presets/") and name.endswith(".json")}
        contents = [json.loads(archive.read(name)) for name in presets]

    expected = {f"zcf/_presets/{path.name}" for path in (ROOT / "presets").glob("*.json")}
    assert expected
    assert expected <= presets
    assert all(contents)
    for package in PACKAGES:
        sources = {str(path.relative_to(ROOT).as_posix()) for path in python_files(ROOT / package)}
        assert sources | {f"{package}/py.typed"} <= names
    assert "zcf = zcf.__main__:main" in commands
    assert "ccr = ccr_proxy.__main__:main" in commands
    assert not any(name.startswith(("tests/", "scripts/", "benchmarks/")) for name in names)
