"""`streamoptions`."""

from __future__ import annotations

from ccr_proxy.transformers.streamoptions import STREAMOPTIONS
from tests.ccr_proxy.transformers.asking import HELLO, chain, context_for, sent


def test_a_streamed_answer_tells_its_usage() -> None:
    assert STREAMOPTIONS.request is not None
    body = STREAMOPTIONS.request({"stream": True, "stream_options": {"a": 1}}, context_for(), {})
    assert body["stream_options"] == {"a": 1, "include_usage": True}


def test_only_where_there_is_such_an_option() -> None:
    assert "stream_options" not in sent(chain("streamoptions"))
    assert "stream_options" not in sent(chain("streamoptions"), {**HELLO, "stream": True}, protocol="openai-responses")
