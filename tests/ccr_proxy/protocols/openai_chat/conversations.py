"""Conversations as Claude Code sends them, and what a Chat Completions provider must get of each."""

from __future__ import annotations

from typing import Any

from ccr_proxy.protocols.conversation import INTERRUPTED

Json = dict[str, Any]
PNG = {"type": "base64", "media_type": "image/png", "data": "aGk="}
PDF = {"type": "base64", "media_type": "application/pdf", "data": "cGRm"}
PNG_PART = {"type": "image_url", "image_url": {"url": "data:image/png;base64,aGk="}}


def request(*messages: Json, **fields: Any) -> Json:
    return {"model": "claude-x", "max_tokens": 100, "messages": list(messages), **fields}


def user(*content: Any) -> Json:
    return {
        "role": "user",
        "content": content[0] if len(content) == 1 and isinstance(content[0], str) else list(content),
    }


def assistant(*content: Any) -> Json:
    return {**user(*content), "role": "assistant"}


def text(value: str, **more: Any) -> Json:
    return {"type": "text", "text": value, **more}


def call(call_id: str, name: str = "Bash", **arguments: Any) -> Json:
    return {"type": "tool_use", "id": call_id, "name": name, "input": arguments}


def result(call_id: str, content: Any, **more: Any) -> Json:
    return {"type": "tool_result", "tool_use_id": call_id, "content": content, **more}


def asks(*ids: str) -> Json:
    function = {"name": "Bash", "arguments": "{}"}
    return {
        "role": "assistant",
        "content": None,
        "tool_calls": [{"id": call_id, "type": "function", "function": function} for call_id in ids],
    }


def answers(call_id: str, content: str) -> Json:
    return {"role": "tool", "tool_call_id": call_id, "content": content}


# name: (the messages of the client, those of the provider)
CONVERSATIONS: dict[str, tuple[list[Json], list[Json]]] = {
    "a plain turn": ([user("Hi")], [user("Hi")]),
    "several texts": ([user(text("a"), text("b"))], [user("a\n\nb")]),
    "user messages in a row": ([user("a"), user("b")], [user("a\n\nb")]),
    "empty texts go": ([user(text(""), text("a")), assistant(""), user("b")], [user("a\n\nb")]),
    "system messages in the middle": (
        [
            user("Hi"),
            {"role": "system", "content": "Plan mode"},
            assistant("ok"),
            {"role": "system", "content": [text("x")]},
        ],
        [
            user("Hi\n\n<system-reminder>\nPlan mode\n</system-reminder>"),
            assistant("ok"),
            user("<system-reminder>\nx\n</system-reminder>"),
        ],
    ),
    "a system message between call and result": (
        [assistant(call("1")), {"role": "system", "content": "S"}, user(result("1", "r"))],
        [asks("1"), answers("1", "r"), user("<system-reminder>\nS\n</system-reminder>")],
    ),
    "a call and its result": (
        [user("Hi"), assistant(text("I run it."), call("1", command="ls")), user(result("1", "a.txt"))],
        [
            user("Hi"),
            {
                "role": "assistant",
                "content": "I run it.",
                "tool_calls": [
                    {"id": "1", "type": "function", "function": {"name": "Bash", "arguments": '{"command":"ls"}'}}
                ],
            },
            answers("1", "a.txt"),
        ],
    ),
    "results of parallel calls spread over user messages": (
        [assistant(call("1"), call("2")), user(result("2", "two")), user(result("1", "one"), text("next"))],
        [asks("1", "2"), answers("1", "one"), answers("2", "two"), user("next")],
    ),
    "calls of two assistant messages in a row": (
        [assistant(call("1")), assistant(call("2")), user(result("1", "a"), result("2", "b"))],
        [asks("1", "2"), answers("1", "a"), answers("2", "b")],
    ),
    "text before results": (
        [assistant(call("1")), user(text("note"), result("1", "r"))],
        [asks("1"), answers("1", "r"), user("note")],
    ),
    "a call without result": (
        [assistant(call("1"), call("2")), user(result("1", "r"), text("stop"))],
        [
            asks("1", "2"),
            answers("1", "r"),
            answers("2", f"[The tool reported an error.]\n{INTERRUPTED}"),
            user("stop"),
        ],
    ),
    "a call at the very end": (
        [user("Hi"), assistant(call("1"))],
        [user("Hi"), asks("1"), answers("1", f"[The tool reported an error.]\n{INTERRUPTED}")],
    ),
    "a result without call": ([user(result("9", "lost"), text("Hi"))], [user("lost\n\nHi")]),
    "a result of an earlier turn": (
        [assistant(call("1")), user(result("1", "r")), assistant("ok"), user(result("1", "again"))],
        [asks("1"), answers("1", "r"), assistant("ok"), user("again")],
    ),
    "two results for one call": (
        [assistant(call("1")), user(result("1", "first"), result("1", "second"))],
        [asks("1"), answers("1", "first"), user("second")],
    ),
    "an error": (
        [assistant(call("1")), user(result("1", "boom", is_error=True))],
        [asks("1"), answers("1", "[The tool reported an error.]\nboom")],
    ),
    "an empty result": ([assistant(call("1")), user(result("1", ""))], [asks("1"), answers("1", "")]),
    "a result without content": (
        [assistant(call("1")), user({"type": "tool_result", "tool_use_id": "1"})],
        [asks("1"), answers("1", "")],
    ),
    "a result in pieces": (
        [assistant(call("1")), user(result("1", [text("a"), text("b"), {"type": "tool_reference", "tool_name": "T"}]))],
        [asks("1"), answers("1", "a\nb\n[Tool T is now available.]")],
    ),
    "an image": (
        [user(text("See"), {"type": "image", "source": PNG})],
        [user({"type": "text", "text": "See"}, PNG_PART)],
    ),
    "an image by address": (
        [user({"type": "image", "source": {"type": "url", "url": "https://x/i.png"}})],
        [user({"type": "image_url", "image_url": {"url": "https://x/i.png"}})],
    ),
    "an image in a result": (
        [assistant(call("1")), user(result("1", [text("shot"), {"type": "image", "source": PNG}]), text("And?"))],
        [
            asks("1"),
            answers("1", "shot\n[The attachment of this result follows in the next user message.]"),
            user(PNG_PART, text("And?")),
        ],
    ),
    "images in two results": (
        [assistant(call("1"), call("2")), user(*(result(i, [{"type": "image", "source": PNG}]) for i in "12"))],
        [
            asks("1", "2"),
            answers("1", "[The attachment of this result follows in the next user message.]"),
            answers("2", "[The attachment of this result follows in the next user message.]"),
            user(PNG_PART, PNG_PART),
        ],
    ),
    "an image in a result without call": (
        [user(result("9", [{"type": "image", "source": PNG}]))],
        [user(PNG_PART)],
    ),
    "a PDF": (
        [user({"type": "document", "source": PDF, "title": "a.pdf"})],
        [user({"type": "file", "file": {"filename": "a.pdf", "file_data": "data:application/pdf;base64,cGRm"}})],
    ),
    "a PDF in a result": (
        [assistant(call("1")), user(result("1", [{"type": "document", "source": PDF}]))],
        [
            asks("1"),
            answers("1", "[The attachment of this result follows in the next user message.]"),
            user(
                {"type": "file", "file": {"filename": "document.pdf", "file_data": "data:application/pdf;base64,cGRm"}}
            ),
        ],
    ),
    "a text document": (
        [user({"type": "document", "source": {"type": "text", "data": "body"}, "title": "T", "context": "C"})],
        [user("T\nC\nbody")],
    ),
    "an empty text document": (
        [user(text("Hi"), {"type": "document", "source": {"type": "text", "data": ""}, "title": "T"})],
        [user("Hi\n\nT")],
    ),
    "a document with nothing in it": (
        [user({"type": "document", "source": {"type": "text", "data": ""}})],
        [user("[An empty document.]")],
    ),
    "a text that is none": ([user({"type": "text", "text": 5}, {"type": "text"}, text("Hi"))], [user("Hi")]),
    "a document by address": (
        [user({"type": "document", "source": {"type": "url", "url": "https://x/a.pdf"}})],
        [user("[Document: https://x/a.pdf]")],
    ),
    "a search result": (
        [user({"type": "search_result", "title": "T", "source": "https://x", "content": [text("found")]})],
        [user("T\nhttps://x\nfound")],
    ),
    "a block that is newer than we are": (
        [user({"type": "hologram", "data": 1})],
        [user('{"type":"hologram","data":1}')],
    ),
    "thinking is not shown to a model that does not want it": (
        [assistant({"type": "thinking", "thinking": "Hm", "signature": "x"}, text("ok")), user("b")],
        [assistant("ok"), user("b")],
    ),
    "ids come back as the provider made them": (
        [assistant(call("functions_-2e_Bash_-3a_0")), user(result("functions_-2e_Bash_-3a_0", "r"))],
        [asks("functions.Bash:0"), answers("functions.Bash:0", "r")],
    ),
}
