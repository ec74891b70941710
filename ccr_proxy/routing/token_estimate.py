"""How many tokens a request has, estimated without a vocabulary, counting only what was not seen before.

A conversation comes back whole on every turn, one or two messages longer. `TokenCounter` keeps the counts of each
message, system block and tool under a hash of its contents, so a turn costs what is new in it plus a hash of the rest.
Counts are kept per tokenizer family: one cache serves every model.
"""

from __future__ import annotations

import math
from collections import OrderedDict
from collections.abc import Callable
from typing import Any

from ccr_proxy.json_codec import JsonObject
from ccr_proxy.routing.byte_classes import byte_classes, text_bytes
from ccr_proxy.routing.content_key import json_key, message_key, system_key, tool_key
from ccr_proxy.routing.content_pieces import (
    Pieces,
    pieces_of_json,
    pieces_of_message,
    pieces_of_system_block,
    pieces_of_tool,
)
from ccr_proxy.routing.token_families import NO_TOKENS, TOOL_PROMPT_TOKENS, Family, Tokens, family_of, tokens_of

__all__ = ["Family", "TokenCounter", "Tokens", "estimate", "family_of"]

# An entry takes about 250 bytes; a conversation of 1 MB has about 500 messages, so about sixteen such fit.
_ENTRIES = 8192


class TokenCounter:
    """Estimates tokens and remembers the counts of the parts it has seen, the latest `entries` of them."""

    __slots__ = ("_counts", "_entries")

    def __init__(self, entries: int = _ENTRIES) -> None:
        self._entries = entries
        self._counts: OrderedDict[int, Tokens] = OrderedDict()

    def estimate(self, body: JsonObject, family: Family) -> int:
        """Input tokens of an Anthropic Messages request for a model of `family`. Never raises, whatever the body."""
        return math.ceil(self.estimate_all(body)[family.value])

    def estimate_all(self, body: JsonObject, known: dict[int, Tokens] | None = None) -> Tokens:
        """Input tokens for each family at once, rounded up.

        `known` holds counts by `id()` of parts that are the same objects as in an earlier request, and takes the new.
        """
        known = {} if known is None else known
        system, tools = body.get("system"), body.get("tools")
        counts: list[tuple[float, ...]] = []
        if isinstance(system, list):
            counts.append(self._sum_of(system, known, system_key, pieces_of_system_block))
        elif system:
            counts += self._counts_of([system], known, system_key, pieces_of_system_block)
        if tools and isinstance(tools, list):
            counts += [TOOL_PROMPT_TOKENS, self._sum_of(tools, known, tool_key, pieces_of_tool)]
        counts += self._counts_of(_list(body, "messages"), known, message_key, pieces_of_message)
        output_config = body.get("output_config")
        if isinstance(output_config, dict) and output_config.get("format"):
            counts += self._counts_of([output_config["format"]], known, json_key, pieces_of_json)
        return Tokens(*(math.ceil(sum(column)) for column in zip(NO_TOKENS, *counts, strict=True)))

    def _sum_of(
        self,
        parts: list[Any],
        known: dict[int, Tokens],
        key_of: Callable[[Any], int],
        pieces_of: Callable[[Any], Pieces],
    ) -> Tokens:
        """The tokens of a list of the body itself: like its parts, it mostly comes back as the same object."""
        total = known.get(id(parts))
        if total is None:
            counts = [NO_TOKENS, *self._counts_of(parts, known, key_of, pieces_of)]
            total = known[id(parts)] = Tokens(*(sum(column) for column in zip(*counts, strict=True)))
        return total

    def _counts_of(
        self,
        parts: list[Any],
        known: dict[int, Tokens],
        key_of: Callable[[Any], int],
        pieces_of: Callable[[Any], Pieces],
    ) -> list[Tokens]:
        found: list[Tokens] = []
        for part in parts:
            counted = known.get(id(part))
            if counted is None:
                counted = known[id(part)] = self._count_of(part, key_of, pieces_of)
            found.append(counted)
        while len(self._counts) > self._entries:
            self._counts.popitem(last=False)
        return found

    def _count_of(self, part: Any, key_of: Callable[[Any], int], pieces_of: Callable[[Any], Pieces]) -> Tokens:
        key = key_of(part)
        counted = self._counts.get(key)
        if counted is None:
            counted = self._counts[key] = _measure(pieces_of(part))
        else:
            self._counts.move_to_end(key)
        return counted


def estimate(body: JsonObject, family: Family) -> int:
    """Input tokens of one request, without a memory; for a conversation keep a `TokenCounter`."""
    return TokenCounter().estimate(body, family)


def _list(body: JsonObject, key: str) -> list[Any]:
    value = body.get(key)
    return value if isinstance(value, list) else []


def _measure(pieces: Pieces) -> Tokens:
    text = b" ".join(text_bytes(text) for text in pieces.texts)
    return Tokens(*(pieces.fixed_tokens + tokens for tokens in tokens_of(byte_classes(text))))
