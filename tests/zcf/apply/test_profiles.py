"""Profiles survive the way to the disk and back, privately, and never half."""

from __future__ import annotations

import stat
import sys
from pathlib import Path

import pytest

from tests.zcf.sabotage import FAULTS, assert_all_or_nothing
from zcf.apply.profiles import profiles_path, read_profiles, replace_profiles
from zcf.errors import Refusal
from zcf.plan.connection import Kind
from zcf.plan.profile import Access, Profile

FIRST = Profile("工作", Access(Kind.TOKEN, "tok-1", "https://a.example", {"ANTHROPIC_MODEL": "m"}))
SECOND = Profile("家", Access(Kind.KEY, "$MY_KEY"))


def test_there_and_back_readable_by_the_owner_only(tmp_path: Path) -> None:
    assert read_profiles(tmp_path / "state") == ()
    replace_profiles(tmp_path / "state", (), (FIRST, SECOND))
    assert read_profiles(tmp_path / "state") == (FIRST, SECOND)
    if sys.platform != "win32":
        assert stat.S_IMODE(profiles_path(tmp_path / "state").stat().st_mode) == 0o600


def test_profiles_that_another_zcf_saved_meanwhile_stay(tmp_path: Path) -> None:
    replace_profiles(tmp_path, (), (FIRST,))
    with pytest.raises(Refusal) as refusal:
        replace_profiles(tmp_path, (), (SECOND,))
    assert refusal.value.sentence == "apply.changed_meanwhile"
    assert read_profiles(tmp_path) == (FIRST,)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("{", "profiles.unreadable"),
        ("[]", "profiles.unreadable"),
        ('{"version": 1, "profiles": [{"name": "x"}]}', "profiles.unreadable"),
        ('{"version": 1, "profiles": [7]}', "profiles.unreadable"),
        ('{"version": 2}', "receipt.newer"),
    ],
)
def test_a_file_that_holds_no_profiles_is_refused_and_stays(tmp_path: Path, content: str, sentence: str) -> None:
    profiles_path(tmp_path).write_text(content)
    with pytest.raises(Refusal) as refusal:
        replace_profiles(tmp_path, (), (FIRST,))
    assert refusal.value.sentence == sentence
    assert profiles_path(tmp_path).read_text() == content


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_at_any_write_leaves_the_old_profiles(tmp_path: Path, fault: str) -> None:
    home = tmp_path / "home"
    home.mkdir()
    replace_profiles(home, (), (FIRST,))

    def act() -> None:
        replace_profiles(home, (FIRST,), (FIRST, SECOND))

    assert_all_or_nothing(home, fault, act, (Refusal, KeyboardInterrupt), least=3)
