"""Which output item an event belongs to, and what of it has been shown.

Events name their item by `item_id` and `output_index`, and servers get either wrong: Copilot gives an item another id
in every event, some proxies number every item 0, and the final response may lack items or all of them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from ccr_proxy.json_codec import JsonObject
from ccr_proxy.protocols.openai_responses.events import FUNCTION_CALL


@dataclass(slots=True, eq=False)
class OutputItem:
    """One item of an answer. `shown` holds what has been shown of each part, by (channel, part index).

    number: position in the order of arrival
    names: the id and call_id under which it came
    source: for reasoning, the one channel that is shown (its text and its summary say the same)
    """

    kind: str
    number: int
    names: set[str] = field(default_factory=set)
    shown: dict[tuple[str, int], list[str]] = field(default_factory=dict)
    source: str = ""
    signed: bool = False
    finished: bool = False


class OutputItems:
    """The items of one answer, in order of arrival."""

    def __init__(self) -> None:
        self._all: list[OutputItem] = []
        self._by_id: dict[str, OutputItem] = {}
        self._by_index: dict[int, OutputItem] = {}

    def added(self, event: JsonObject, item: JsonObject) -> OutputItem:
        """The item that `response.output_item.added` begins."""
        known = self._by_id.get(_text(item.get("id")))
        if known is not None and known.kind == item.get("type"):
            return known
        return self._begin(_text(item.get("type")), event, item)

    def done(self, event: JsonObject, item: JsonObject) -> OutputItem:
        """The item that `response.output_item.done` ends, which may come without its beginning."""
        found = self._find(_text(item.get("id")), event, _text(item.get("type")))
        if found is None or (found.finished and _text(item.get("id")) not in found.names):
            return self._begin(_text(item.get("type")), event, item)
        found.names |= _names(item)
        return found

    def of(self, event: JsonObject, kind: str) -> OutputItem:
        """The item that a delta or a finished part belongs to."""
        return self._find(_text(event.get("item_id")), event, kind) or self._begin(kind, event, {})

    def reconciled(self, output: list[JsonObject]) -> Iterator[tuple[OutputItem, JsonObject]]:
        """The items of the final response beside what was streamed of them."""
        unmatched = list(self._all)
        for item in output:
            known = _match(item, unmatched)
            if known is None:
                known = self._begin(_text(item.get("type")), {}, item)
            else:
                unmatched.remove(known)
            yield known, item

    def _find(self, item_id: str, event: JsonObject, kind: str) -> OutputItem | None:
        index = event.get("output_index")
        found = self._by_id.get(item_id)
        if found is None and isinstance(index, int):
            found = self._by_index.get(index)
        elif found is None and self._all and not item_id:
            found = self._all[-1]
        return found if found is not None and found.kind == kind else None

    def _begin(self, kind: str, event: JsonObject, item: JsonObject) -> OutputItem:
        new = OutputItem(kind, len(self._all), _names(item))
        self._all.append(new)
        index = event.get("output_index")
        if isinstance(index, int):
            self._by_index[index] = new
        for name in (_text(item.get("id")), _text(event.get("item_id"))):
            if name:
                self._by_id[name] = new
        return new


def _match(item: JsonObject, candidates: list[OutputItem]) -> OutputItem | None:
    """By name, else the next of its kind: ids may differ between the stream and its summary."""
    names, kind = _names(item), item.get("type")
    alike = [candidate for candidate in candidates if candidate.kind == kind]
    by_name = next((candidate for candidate in alike if candidate.names & names), None)
    if by_name is not None or (kind == FUNCTION_CALL and item.get("call_id")):
        return by_name or next((candidate for candidate in alike if not candidate.names), None)
    return alike[0] if alike else None


def _names(item: JsonObject) -> set[str]:
    return {name for name in (_text(item.get("id")), _text(item.get("call_id"))) if name}


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
