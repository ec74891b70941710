"""The provider's own search, as Anthropic's blocks."""

from __future__ import annotations

from ccr_proxy.json_codec import JsonObject
from ccr_proxy.protocols.citation import page_citation

from .transcript import done, ended, event, message, sse, whole_message

CITATION = {"type": "url_citation", "url": "https://a.example/1", "title": "A", "start_index": 0, "end_index": 3}


def _page(url: str, title: str) -> JsonObject:
    return {"type": "web_search_result", "url": url, "title": title, "encrypted_content": "", "page_age": None}


def _blocks(*events: JsonObject) -> list[JsonObject]:
    blocks: list[JsonObject] = message(sse(*events))["content"]
    return blocks


def test_a_search_gets_the_pages_that_the_text_cites() -> None:
    cited = {"type": "output_text", "text": "yes", "annotations": [CITATION, {"type": "file_citation", "url": "no"}]}
    blocks = _blocks(
        done(0, "web_search_call", id="ws-1", status="completed", action={"type": "search", "query": "q"}),
        event("output_text.delta", output_index=1, delta="yes"),
        event("output_text.annotation.added", output_index=1, annotation=CITATION),
        done(1, "message", content=[cited]),
        ended(),
    )
    assert blocks == [
        {"type": "server_tool_use", "id": "srvtoolu_ws_1", "name": "web_search", "input": {"query": "q"}},
        {"type": "text", "text": "yes", "citations": [page_citation("https://a.example/1", "A")]},
        {
            "type": "web_search_tool_result",
            "tool_use_id": "srvtoolu_ws_1",
            "content": [_page("https://a.example/1", "A")],
        },
    ]


def test_a_search_that_lists_its_sources_is_answered_at_once() -> None:
    action = {"type": "search", "queries": ["one", "two"], "sources": [{"type": "url", "url": "https://b.example"}]}
    call, result = _blocks(done(0, "web_search_call", action=action), ended())
    assert call["input"] == {"query": "one"}
    assert result["content"] == [_page("https://b.example", "https://b.example")]


def test_the_words_may_stand_in_arguments_and_a_search_may_fail() -> None:
    call, result = _blocks(done(0, "web_search_call", status="failed", arguments='{"query":"what is"}'), ended())
    assert call["input"] == {"query": "what is"}
    assert result["content"] == {"type": "web_search_tool_result_error", "error_code": "unavailable"}


def test_pages_that_were_only_opened_are_no_searches() -> None:
    opened = {"type": "open_page", "url": "https://c.example"}
    text = [{"type": "output_text", "text": "Read it."}]
    answer = (done(0, "web_search_call", action=opened), done(1, "message", content=text), ended())
    assert [block["type"] for block in _blocks(*answer)] == ["text"]


def test_a_search_is_shown_once_although_the_final_response_repeats_it() -> None:
    item = {"type": "web_search_call", "id": "web_search_call_0", "action": {"type": "search", "query": "q"}}
    assert len(_blocks(done(0, "web_search_call", action=item["action"]), ended(output=[item]))) == 2


def test_a_stream_cites_what_the_whole_answer_cites_and_each_place_once() -> None:
    elsewhere = {**CITATION, "start_index": 4, "end_index": 7}
    item = {"type": "message", "id": "m", "content": [_text("yes and no", CITATION, elsewhere)]}
    streamed = _blocks(
        event("output_text.delta", output_index=0, item_id="m", delta="yes and"),
        event("output_text.annotation.added", output_index=0, item_id="m", annotation=CITATION),
        event("output_text.delta", output_index=0, item_id="m", delta=" no"),
        event("output_text.annotation.added", output_index=0, item_id="m", annotation=elsewhere),
        event("content_part.done", output_index=0, item_id="m", content_index=0, part=item["content"][0]),
        done(0, "message", id="m", content=item["content"]),
        ended(output=[item]),
    )
    page = page_citation("https://a.example/1", "A")
    assert streamed == [{"type": "text", "text": "yes and no", "citations": [page, page]}]
    assert whole_message({"status": "completed", "output": [item]})["content"] == streamed


def test_a_page_without_text_before_it_cites_nothing() -> None:
    cited = event("output_text.annotation.added", output_index=0, item_id="m", annotation=CITATION)
    assert _blocks(cited, event("output_text.delta", output_index=0, item_id="m", delta="x"), ended()) == [
        {"type": "text", "text": "x"}
    ]


def _text(text: str, *annotations: JsonObject) -> JsonObject:
    return {"type": "output_text", "text": text, "annotations": list(annotations)}
