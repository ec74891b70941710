"""What a preset asks its user for: when it asks, what it offers, and which answers are good."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ccr_proxy.errors import ConfigFault

TYPES = ("password", "input", "select", "multiselect", "confirm", "editor", "number")
REFERENCE = re.compile(r"#\{([^}]+)\}")
_YES, _NO = ("true", "yes", "y", "1"), ("false", "no", "n", "0")


@dataclass(frozen=True, slots=True)
class Input:
    """One question. `conditions` must all hold for it to be asked; `options` is the schema's own description of what
    can be chosen, resolved by `choices`."""

    id: str
    type: str
    label: str
    default: Any
    required: bool
    options: Any
    conditions: tuple[Mapping[str, Any], ...]
    validator: str | None
    minimum: float | None
    maximum: float | None

    @property
    def is_secret(self) -> bool:
        """Whether the answer must not be shown."""
        return self.type == "password"

    def is_asked(self, values: Mapping[str, Any]) -> bool:
        """Whether it is asked after these answers."""
        return all(holds(condition, values) for condition in self.conditions)

    def choices(self, config: Mapping[str, Any], values: Mapping[str, Any]) -> tuple[Any, ...]:
        """What can be chosen, from the list in the schema or out of the preset's providers; () for any answer."""
        options = self.options
        if isinstance(options, dict):
            options = _dynamic_options(options, config, values)
        return tuple(
            option["value"] if isinstance(option, dict) else option
            for option in (options if isinstance(options, list) else ())
            if not isinstance(option, dict) or ("value" in option and not option.get("disabled"))
        )

    def read(self, text: str, choices: Sequence[Any]) -> Any:
        """An answer typed as `text`, as the value it stands for. Raises ValueError with what is wrong with it."""
        if self.type == "multiselect":
            return [_chosen(part.strip(), choices) for part in text.split(",") if part.strip()]
        value = _chosen(text, choices) if self.type == "select" else self._typed(text)
        if self.required and value == "":
            raise ValueError("is required")
        if self.validator and not re.search(self.validator, text):
            raise ValueError(f"does not match {self.validator}")
        return value

    def _typed(self, text: str) -> Any:
        if self.type == "number":
            return self._number(text)
        if self.type != "confirm":
            return text
        if text.lower() not in (*_YES, *_NO):
            raise ValueError("must be yes or no")
        return text.lower() in _YES

    def _number(self, text: str) -> float:
        try:
            number = float(text)
        except ValueError:
            raise ValueError("must be a number") from None
        if self.minimum is not None and number < self.minimum:
            raise ValueError(f"must be at least {self.minimum:g}")
        if self.maximum is not None and number > self.maximum:
            raise ValueError(f"must be at most {self.maximum:g}")
        return int(number) if number.is_integer() else number


def read_inputs(schema: Any, source: str) -> tuple[Input, ...]:
    """The questions of a manifest's `schema` in an order in which each comes after those it depends on. Raises
    ConfigFault."""
    entries = schema if isinstance(schema, list) else []
    inputs = [_input(entry, index, source) for index, entry in enumerate(entries)]
    needs = {each.id: _needs(entry) for each, entry in zip(inputs, entries, strict=True)}
    ordered: list[Input] = []
    while left := [each for each in inputs if each not in ordered]:
        known = {each.id for each in left}
        ready = [each for each in left if not needs[each.id] & (known - {each.id})]
        if not ready:
            raise ConfigFault(f"{source}: schema: {', '.join(sorted(known))} depend on each other")
        ordered += ready
    return tuple(ordered)


def answers(
    inputs: Iterable[Input],
    config: Mapping[str, Any],
    given: Mapping[str, Any],
    ask: Callable[[Input, tuple[Any, ...], Any], Any],
) -> dict[str, Any]:
    """The answers to all questions that are to be asked; `given` ones count as they are.

    `ask` gets a question, its choices, and the answer that counts without another one (None: there is none).
    """
    values = dict(given)
    for each in inputs:
        if each.id not in given and each.is_asked(values):
            values[each.id] = ask(each, each.choices(config, values), each.default)
    return values


def missing(inputs: Iterable[Input], values: Mapping[str, Any]) -> tuple[str, ...]:
    """The ids of required questions without an answer and without a default."""
    return tuple(
        each.id
        for each in inputs
        if each.required and each.default is None and values.get(each.id) in (None, "") and each.is_asked(values)
    )


def holds(condition: Mapping[str, Any], values: Mapping[str, Any]) -> bool:
    """Whether a condition of a manifest holds. An answer that is not there is equal to nothing."""
    field = str(condition.get("field", ""))
    answer, expected = values.get(field), condition.get("value")
    operator = condition.get("operator", "eq")
    if operator == "exists":
        return answer is not None
    if operator in ("in", "nin"):
        return (operator == "in") is (isinstance(expected, list) and answer in expected)
    if operator in ("eq", "ne"):
        return (operator == "eq") is bool(answer == expected)
    compare = _COMPARISONS.get(str(operator))
    numbers = isinstance(answer, int | float) and isinstance(expected, int | float)
    return compare is not None and numbers and compare(answer, expected)


_COMPARISONS: dict[str, Callable[[Any, Any], bool]] = {
    "gt": lambda answer, expected: bool(answer > expected),
    "lt": lambda answer, expected: bool(answer < expected),
    "gte": lambda answer, expected: bool(answer >= expected),
    "lte": lambda answer, expected: bool(answer <= expected),
}


def conditions_of(when: Any) -> tuple[Mapping[str, Any], ...]:
    """`when` is one condition or a list of them, all of which must hold."""
    listed = when if isinstance(when, list) else [when]
    return tuple(each for each in listed if isinstance(each, dict))


def _input(entry: Any, index: int, source: str) -> Input:
    if not isinstance(entry, dict) or not isinstance(entry.get("id"), str) or not entry["id"]:
        raise ConfigFault(f"{source}: schema[{index}] must be an object with an id")
    kind = entry.get("type", "password")
    if kind not in TYPES:
        raise ConfigFault(f"{source}: schema[{index}].type must be one of {', '.join(TYPES)}")
    return Input(
        id=entry["id"],
        type=kind,
        label=str(entry.get("label") or entry.get("prompt") or entry["id"]),
        default=entry.get("defaultValue"),
        required=entry.get("required", True) is not False,
        options=entry.get("options"),
        conditions=conditions_of(entry.get("when")),
        validator=_validator(entry.get("validator"), index, source),
        minimum=_limit(entry.get("min")),
        maximum=_limit(entry.get("max")),
    )


def _validator(pattern: Any, index: int, source: str) -> str | None:
    if not isinstance(pattern, str) or not pattern:
        return None
    try:
        re.compile(pattern)
    except re.error as error:
        raise ConfigFault(f"{source}: schema[{index}].validator is no regular expression: {error}") from None
    return pattern


def _limit(value: Any) -> float | None:
    return value if isinstance(value, int | float) and not isinstance(value, bool) else None


def _needs(entry: Mapping[str, Any]) -> set[str]:
    depends = entry.get("dependsOn")
    fields = {str(condition.get("field")) for condition in conditions_of(entry.get("when"))}
    return fields | {str(each) for each in (depends if isinstance(depends, list) else ())}


def _dynamic_options(options: Mapping[str, Any], config: Mapping[str, Any], values: Mapping[str, Any]) -> list[Any]:
    listed = config.get("Providers")
    providers = [each for each in (listed if isinstance(listed, list) else ()) if isinstance(each, dict)]
    if options.get("type") == "providers":
        return [each.get("name") for each in providers]
    if options.get("type") == "models":
        reference = REFERENCE.search(str(options.get("providerField", "")))
        name = values.get(reference[1]) if reference else None
        found = next((each.get("models") for each in providers if each.get("name") == name), None)
        return found if isinstance(found, list) else []
    static = options.get("options")
    return static if isinstance(static, list) else []


def _chosen(text: str, choices: Sequence[Any]) -> Any:
    for choice in choices:
        if text == str(choice):
            return choice
    if choices:
        raise ValueError(f"must be one of {', '.join(map(str, choices))}")
    return text
