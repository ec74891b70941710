"""The sink that transformers start from hears every fact that MessageStream does, and passes it on unchanged."""

from __future__ import annotations

import inspect
from typing import Any

import pytest

from ccr_proxy.protocols.answer_sink import AnswerSink
from ccr_proxy.protocols.message_stream import MessageStream
from ccr_proxy.transformers.forwarding import ForwardingSink

FACTS = sorted(name for name in vars(AnswerSink) if not name.startswith("_"))


class _Recorder:
    def __init__(self) -> None:
        self.heard: list[tuple[str, tuple[Any, ...], dict[str, Any]]] = []

    def __getattr__(self, name: str) -> Any:
        return lambda *positional, **named: self.heard.append((name, positional, named))


@pytest.mark.parametrize("fact", FACTS)
def test_a_fact_is_the_same_for_everyone(fact: str) -> None:
    expected = inspect.signature(getattr(MessageStream, fact))
    assert inspect.signature(getattr(AnswerSink, fact)) == expected
    assert inspect.signature(getattr(ForwardingSink, fact)) == expected


@pytest.mark.parametrize("fact", FACTS)
def test_a_fact_is_passed_on(fact: str) -> None:
    parameters = list(inspect.signature(getattr(AnswerSink, fact)).parameters.values())[1:]
    positional = tuple(object() for each in parameters if each.kind is each.POSITIONAL_OR_KEYWORD)
    named = {each.name: object() for each in parameters if each.kind is each.KEYWORD_ONLY}
    recorder = _Recorder()
    getattr(ForwardingSink(recorder), fact)(*positional, **named)
    assert recorder.heard == [(fact, positional, named)]
