from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from ccr_proxy.config.document import DocumentError, Position, parse, parse_or_empty
from ccr_proxy.config.json5 import WHITE_SPACE_CHARACTERS
from ccr_proxy.config.spans import container_at, follow
from ccr_proxy.errors import ConfigFault
from tests.ccr_proxy.config.json5_texts import documents, laid_out, texts, values

FRESH = "a name that nobody has"
any_document = documents() | laid_out()


def object_paths(value: Any, path: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    inner = [deeper for key, item in pairs for deeper in object_paths(item, (*path, key))]
    return [path, *inner] if isinstance(value, dict) else inner


@given(any_document, values, st.data())
def test_setting_a_fresh_name_adds_it_and_removing_it_restores_every_byte(
    document: tuple[str, dict[str, Any]], value: Any, data: st.DataObject
) -> None:
    before = parse(document[0], "x.json")
    path = (*data.draw(st.sampled_from(object_paths(before.value))), FRESH)
    after = before.with_value(path, value)
    assert after.get(path) == value
    assert after.without(path).value == before.value
    parent = container_at(before.text, follow(before.text, path).value_start)
    interior = before.text[parent.opening + 1 : parent.closing]
    # An object that held only white space comes back as `{}`.
    assume(not interior or interior.strip(WHITE_SPACE_CHARACTERS))
    assert after.without(path).text == before.text


@given(any_document, values)
def test_setting_a_fresh_name_only_inserts(document: tuple[str, dict[str, Any]], value: Any) -> None:
    before = parse(document[0], "x.json")
    assume(before.value)
    remaining = iter(before.with_value((FRESH,), value).text)
    assert all(character in remaining for character in before.text)


@given(any_document, values, st.data())
def test_replacing_a_value_changes_only_its_own_text(
    document: tuple[str, dict[str, Any]], value: Any, data: st.DataObject
) -> None:
    before = parse(document[0], "x.json")
    assume(before.value)
    name = data.draw(st.sampled_from(sorted(before.value)))
    after = before.with_value((name,), value)
    assert after.value == before.value | {name: value}
    assert list(after.value) == list(before.value)
    old, new = follow(before.text, (name,)), follow(after.text, (name,))
    assert after.text[: new.value_start] == before.text[: old.value_start]
    assert after.text[new.value_end :] == before.text[old.value_end :]


@given(any_document, st.data())
def test_removing_removes_one_name_and_keeps_the_text_of_the_others(
    document: tuple[str, dict[str, Any]], data: st.DataObject
) -> None:
    before = parse(document[0], "x.json")
    assume(before.value)
    name = data.draw(st.sampled_from(sorted(before.value)))
    after = before.without((name,))
    assert after.value == {other: item for other, item in before.value.items() if other != name}
    for other in after.value:
        old, new = follow(before.text, (other,)).items[0], follow(after.text, (other,)).items[0]
        assert after.text[new.start : new.value_end] == before.text[old.start : old.value_end]


@given(any_document, st.dictionaries(texts, values, max_size=2))
def test_equal_values_change_nothing(document: tuple[str, dict[str, Any]], extra: dict[str, Any]) -> None:
    before = parse(document[0], "x.json")
    for name, value in before.value.items():
        assert before.with_value((name,), value) is before
    once = before.with_value((FRESH,), extra)
    assert once.with_value((FRESH,), json.loads(json.dumps(extra))) is once


@pytest.mark.parametrize(("old", "new"), [("1", True), ("true", 1), ("0", False), ("null", False), ("[1]", [True])])
def test_true_is_not_one(old: str, new: Any) -> None:
    assert parse(f'{{"a": {old}}}', "x").with_value(("a",), new).value == {"a": new}


@pytest.mark.parametrize(
    ("path", "line", "column"),
    [((), 2, 1), (("a",), 3, 3), (("a", "b", 1), 4, 13), (("a", "nowhere", 3), 3, 3), (("nowhere",), 2, 1)],
)
def test_positions_point_at_the_name_or_the_nearest_ancestor(path: Any, line: int, column: int) -> None:
    text = '// c\n{\n  "a": {\n    "b": [1,2]\n  }\n}'
    assert parse(text, "x").position(path) == Position(line, column)


def test_a_fault_names_file_line_column_and_reason() -> None:
    with pytest.raises(DocumentError) as caught:
        parse('{\n  "env": {}\n  "x": 1\n}', "settings.json")
    assert (caught.value.line, caught.value.column) == (3, 3)
    assert caught.value.message == (
        "settings.json:3:3: not valid JSON: expected ',' or '}' after the value of \"env\", found \"x\""
    )


def test_what_cannot_be_set_is_a_fault_with_its_place() -> None:
    with pytest.raises(ConfigFault, match=r"^x\.json:2:3: cannot set env\.A: env is neither an object nor a list$"):
        parse('{\n  "env": "no"\n}', "x.json").with_value(("env", "A"), "b")


@pytest.mark.parametrize("text", ["", "  \n", "// todo\n", "/* a */", "\ufeff"])
def test_a_text_without_a_value_is_refused_or_begun(text: str) -> None:
    with pytest.raises(DocumentError):
        parse(text, "x")
    begun = parse_or_empty(text, "x").with_value(("a",), 1)
    assert begun.value == {"a": 1}
    assert text.strip(WHITE_SPACE_CHARACTERS) in begun.text


def test_a_text_with_faults_is_never_taken_for_empty() -> None:
    for text in ("{", "// c\n[1", "/* open", "nope"):
        with pytest.raises(DocumentError):
            parse_or_empty(text, "x")


def test_very_deep_nesting_is_a_fault_and_not_a_crash() -> None:
    with pytest.raises(DocumentError, match="nested more than 200 deep"):
        parse("[" * 100_000, "x")


def test_get_and_has_tell_null_from_absent() -> None:
    document = parse('{"a": null, "b": [{"c": 1}]}', "x")
    assert document.has(("a",))
    assert not document.has(("a", "x"))
    assert document.get(("b", 0, "c")) == 1
    assert document.get(("b", 5), "default") == "default"
