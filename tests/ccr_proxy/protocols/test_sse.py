"""Server-sent events: however the bytes are cut and whichever line endings are used, the events are the same."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ccr_proxy.errors import UpstreamFault
from ccr_proxy.protocols import sse
from ccr_proxy.protocols.sse import Event, SseDecoder


def decode(*chunks: bytes) -> list[Event]:
    decoder = SseDecoder()
    events = [event for chunk in chunks for event in decoder.feed(chunk)]
    return events + decoder.end()


@pytest.mark.parametrize(
    ("stream", "events"),
    [
        (b"", []),
        (b"\n\n\n", []),
        (b"data: a\n\n", [("", b"a")]),
        (b"data:a\n\n", [("", b"a")]),
        (b"data:  a\n\n", [("", b" a")]),
        (b"data\n\n", [("", b"")]),
        (b"event: x\ndata: a\n\n", [("x", b"a")]),
        (b"data: a\nevent: x\n\n", [("x", b"a")]),
        (b"data: a\n\n\n\ndata: b\n\n", [("", b"a"), ("", b"b")]),
        (b"data: a\ndata: b\n\n", [("", b"a\nb")]),
        (b"data: a\ndata:\ndata: b\n\n", [("", b"a\n\nb")]),
        (b": keep-alive\n\ndata: a\n\n: OPENROUTER PROCESSING\n\n", [("", b"a")]),
        (b"data: a\n: in between\ndata: b\n\n", [("", b"a\nb")]),
        (b"event: ping\n\ndata: a\n\n", [("", b"a")]),
        (b"id: 7\nretry: 100\nunknown: x\ndata: a\n\n", [("", b"a")]),
        (b"\xef\xbb\xbfdata: a\n\n", [("", b"a")]),
        (b"data: \xef\xbb\xbf\n\n", [("", b"\xef\xbb\xbf")]),
        (b"data: a\r\n\r\ndata: b\r\n\r\n", [("", b"a"), ("", b"b")]),
        (b"data: a\r\rdata: b\r\r", [("", b"a"), ("", b"b")]),
        (b"data: a\r\n\ndata: b\n\r\n", [("", b"a"), ("", b"b")]),
        ("data: ä“🚀\n\n".encode(), [("", "ä“🚀".encode())]),
    ],
)
def test_events(stream: bytes, events: list[Event]) -> None:
    assert decode(stream) == events
    assert decode(*(stream[at : at + 1] for at in range(len(stream)))) == events


@pytest.mark.parametrize("ending", [b"", b"\n", b"\r\n", b"\r"])
def test_the_last_blank_line_may_be_missing(ending: bytes) -> None:
    assert decode(b"data: a\n\ndata: [DONE]" + ending) == [("", b"a"), ("", b"[DONE]")]


def test_an_event_is_delivered_as_soon_as_its_blank_line_is_there() -> None:
    decoder = SseDecoder()
    assert decoder.feed(b"data: a\n") == []
    assert decoder.feed(b"\ndata: b") == [("", b"a")]
    assert decoder.feed(b"\n\n") == [("", b"b")]
    assert decoder.feed(b"data: c\r\n\r\n") == [("", b"c")]


def test_an_event_without_end_does_not_fill_the_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sse, "MAXIMUM_EVENT_BYTES", 100)
    decoder = SseDecoder()
    decoder.feed(b"data: " + b"x" * 90)
    with pytest.raises(UpstreamFault, match="more than 100 bytes"):
        decoder.feed(b"x" * 90)


# Values without line ends and without a leading blank, which the grammar would take off.
values = st.text(st.characters(exclude_characters="\r\n", exclude_categories=["Cs"]), max_size=12).filter(
    lambda text: not text.startswith(" ")
)
events_in = st.lists(st.tuples(values, st.lists(values, min_size=1, max_size=3)), max_size=5)


@given(events_in, st.sampled_from([b"\n", b"\r\n", b"\r"]), st.booleans(), st.booleans(), st.data())
def test_any_cut_gives_the_same_events(
    events: list[tuple[str, list[str]]], newline: bytes, mark: bool, comments: bool, data: st.DataObject
) -> None:
    stream = b"\xef\xbb\xbf" if mark else b""
    for name, lines in events:
        stream += b": noise" + newline + newline if comments else b""
        stream += b"event: " + name.encode() + newline if name else b""
        stream += b"".join(b"data: " + line.encode() + newline for line in lines) + newline
    cuts = sorted(data.draw(st.lists(st.integers(0, len(stream)), max_size=12)))
    chunks = [stream[a:b] for a, b in zip([0, *cuts], [*cuts, len(stream)], strict=True)]
    assert decode(*chunks) == [(name, "\n".join(lines).encode()) for name, lines in events]
