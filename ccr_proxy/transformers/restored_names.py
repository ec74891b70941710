"""Calls of tools whose names did not fit the target, under the names that the client gave them."""

from __future__ import annotations

from collections.abc import Mapping

from ccr_proxy.protocols.answer_sink import AnswerSink
from ccr_proxy.transformers.forwarding import ForwardingSink


class RestoringSink(ForwardingSink):
    """`originals`: the name that went out, to the client's own (`protocols.tool_names.originals`)."""

    def __init__(self, following: AnswerSink, originals: Mapping[str, str]) -> None:
        super().__init__(following)
        self._originals = originals

    def tool_call(self, key: object, *, call_id: str = "", name: str = "", signature: str = "") -> None:
        super().tool_call(key, call_id=call_id, name=self._originals.get(name, name), signature=signature)
