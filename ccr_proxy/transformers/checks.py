"""What is wrong with a `use` list: unknown names, options that nobody reads, values of the wrong type."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from ccr_proxy.config.problems import did_you_mean
from ccr_proxy.transformers.registry import BUILT_IN, RETIRED
from ccr_proxy.transformers.transformer import Transformer, Use
from ccr_proxy.transformers.values import converted


@dataclass(frozen=True, slots=True)
class Fault:
    """Something wrong with entry number `index` (from 0) of a list; `hint` says what to do, or is empty.

    An `error` has no effect at all, a `warning` not the one that was wanted.
    """

    index: int
    severity: Literal["error", "warning"]
    message: str
    hint: str = ""


def faults_in(uses: Iterable[Use], known: Mapping[str, Transformer] = BUILT_IN) -> Iterator[Fault]:
    """Every fault of a `use` list, in its order. `known` is keyed by `str.casefold` of the names."""
    for index, use in enumerate(uses):
        transformer = known.get(use.name.casefold())
        if transformer is None:
            yield _unknown(index, use.name, known)
        else:
            yield from _option_faults(index, transformer, use.options)


def unknown_transformers(uses: Iterable[Use], known: Mapping[str, Transformer] = BUILT_IN) -> list[Fault]:
    """Only the faults that are unknown names."""
    return [_unknown(index, use.name, known) for index, use in enumerate(uses) if use.name.casefold() not in known]


def _unknown(index: int, name: str, known: Mapping[str, Transformer]) -> Fault:
    hint = RETIRED.get(name.casefold()) or did_you_mean(name, (transformer.name for transformer in known.values()))
    return Fault(index, "error", f'there is no transformer "{name}"', hint or "docs/transformers.md lists them all")


def _option_faults(index: int, transformer: Transformer, given: Mapping[str, object]) -> Iterator[Fault]:
    declared = {option.name: option for option in transformer.options}
    for name, value in given.items():
        if name in declared:
            try:
                converted(declared[name], value)
            except ValueError as error:
                yield Fault(index, "error", f'transformer "{transformer.name}": {error}')
            if missing := declared[name].missing:
                yield Fault(index, "warning", f'transformer "{transformer.name}": {name} has no effect', missing)
        elif not transformer.takes_any_option:
            message = f'transformer "{transformer.name}" has no option "{name}"'
            yield Fault(index, "warning", message, did_you_mean(name, declared))
