"""Names of profiles, and how they are found again."""

from __future__ import annotations

import pytest

from zcf.errors import Refusal
from zcf.plan.connection import Connection, Kind
from zcf.plan.profile import Access, Profile, access_of, checked_name, find_profile, matching, with_profile

KEY = Access(Kind.KEY, "sk-1", "https://a.example")


@pytest.mark.parametrize("name", ["work", "relay one", "工作", "家", "a.b_c-d", "é" * 64])
def test_any_script_can_name_a_profile(name: str) -> None:
    assert checked_name(f" {name} ") == name


@pytest.mark.parametrize("name", ["", "  ", "-x", "official", "CCR", "List", "a\nb", "x" * 65, "PROFILE"])
def test_a_name_that_could_not_be_typed_or_is_a_command_is_refused(name: str) -> None:
    with pytest.raises(Refusal) as refusal:
        checked_name(name)
    assert (refusal.value.sentence, refusal.value.exit_code) == ("api.bad_name", 2)


def test_two_names_without_ascii_letters_are_two_profiles() -> None:
    profiles = with_profile((Profile("工作", KEY),), Profile("家", KEY))
    assert [profile.name for profile in profiles] == ["工作", "家"]
    assert find_profile(profiles, "家") == Profile("家", KEY)
    assert find_profile(profiles, "无") is None


def test_saving_a_name_again_replaces_its_key_in_place() -> None:
    other = Access(Kind.KEY, "sk-2")
    profiles = with_profile((Profile("Deepseek", KEY), Profile("x", KEY)), Profile("deepseek", other))
    assert profiles == (Profile("deepseek", other), Profile("x", KEY))


def test_the_profile_in_use_is_recognised_also_by_its_reference() -> None:
    profiles = (Profile("a", KEY), Profile("b", Access(Kind.KEY, "$MY_KEY", "https://b.example")))
    assert matching(profiles, Connection("https://a.example", api_key="sk-1"), {}) is profiles[0]
    assert matching(profiles, Connection("https://a.example", api_key="sk-other"), {}) is None
    assert matching(profiles, Connection("https://a.example", auth_token="sk-1"), {}) is None
    assert matching(profiles, Connection("https://b.example", api_key="x"), {"MY_KEY": "x"}) is profiles[1]


@pytest.mark.parametrize(
    ("connection", "sentence"),
    [
        (Connection(), "api.nothing_to_save"),
        (Connection("https://a.example"), "api.nothing_to_save"),
        (Connection(None, "key", "token"), "api.two_to_save"),
    ],
)
def test_what_is_no_single_access_cannot_be_saved(connection: Connection, sentence: str) -> None:
    with pytest.raises(Refusal) as refusal:
        access_of(connection)
    assert refusal.value.sentence == sentence


def test_the_model_that_the_user_picked_in_the_client_is_not_part_of_a_profile() -> None:
    connection = Connection(None, "key", models={"ANTHROPIC_MODEL": "m", "model": "opus"})
    assert access_of(connection) == Access(Kind.KEY, "key", None, {"ANTHROPIC_MODEL": "m"})
