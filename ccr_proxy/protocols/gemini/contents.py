"""The conversation as Gemini's `contents`: turns, their parts, and the thought signatures on them.

A signature belongs to the part on which Gemini sent it (https://ai.google.dev/gemini-api/docs/thought-signatures). It
travels in the id of a call, or in the thinking block right before a part's block and then goes onto the next part.
"""

from __future__ import annotations

import mimetypes
from urllib.parse import urlsplit

from ccr_proxy.errors import ClientFault
from ccr_proxy.json_codec import JsonObject, dumps
from ccr_proxy.protocols.conversation import Turn, block_text, content_blocks, turns_of
from ccr_proxy.protocols.signatures import payload_for
from ccr_proxy.protocols.tool_ids import signature_for, to_upstream

# Google's documented stand-in for calls that Gemini did not make itself: without a signature on the first call of a
# step, Gemini 3 answers 400.
FOREIGN_CALL_SIGNATURE = "skip_thought_signature_validator"
# Marks tool ids that came from Gemini: only those go back, because Vertex AI does not know the field everywhere.
OWN_ID_PREFIX = "gemini-"
_DEFAULT_TYPES = {"image": "image/jpeg", "document": "application/pdf"}


def contents_of(body: JsonObject, origin: str, *, calls_need_signature: bool) -> list[JsonObject]:
    """The messages of a request. `origin` tells whose signatures these are; raises ClientFault for content that
    Gemini cannot get."""
    contents: list[JsonObject] = []
    tool_names: dict[object, object] = {}
    for turn in turns_of(body):
        if turn.role == "assistant":
            parts = _model_parts(turn, origin, calls_need_signature=calls_need_signature)
            tool_names = {block.get("id"): block.get("name") for block in turn.blocks}
        else:
            parts = _user_parts(turn, tool_names)
        if parts:
            contents.append({"role": "model" if turn.role == "assistant" else "user", "parts": parts})
    return contents


def _model_parts(turn: Turn, origin: str, *, calls_need_signature: bool) -> list[JsonObject]:
    parts: list[JsonObject] = []
    signature = ""
    for block in turn.blocks:
        kind = block.get("type")
        if kind == "thinking":
            signature = payload_for(origin, block.get("signature")) or signature
        elif kind != "redacted_thinking":
            part = _call_part(block) if kind == "tool_use" else _part(block)
            if own := signature_for(origin, block.get("id")):
                if signature:  # of the thought before the call
                    parts.append({"text": "", "thoughtSignature": signature})
                signature = own
            parts.append({**part, "thoughtSignature": signature} if signature else part)
            signature = ""
    if signature:
        parts.append({"text": "", "thoughtSignature": signature})
    if calls_need_signature:
        sign_first_call(parts)
    return parts


def sign_first_call(parts: list[JsonObject]) -> None:
    """Put the stand-in on the first call among the parts of a turn, if it has no signature; changes the list's parts.

    Of parallel calls Gemini signs the first only. Earlier turns get the stand-in too, though only the current one is
    checked: otherwise the history would change between requests and miss the prefix cache."""
    first = next((part for part in parts if "functionCall" in part), None)
    if first is not None:
        first.setdefault("thoughtSignature", FOREIGN_CALL_SIGNATURE)


def _call_part(block: JsonObject) -> JsonObject:
    arguments = block.get("input")
    call = {"name": block.get("name"), "args": arguments if isinstance(arguments, dict) else {}}
    return {"functionCall": {**_own_id(block.get("id")), **call}}


def _own_id(tool_id: object) -> JsonObject:
    upstream = to_upstream(str(tool_id))
    return {"id": upstream.removeprefix(OWN_ID_PREFIX)} if upstream.startswith(OWN_ID_PREFIX) else {}


def _user_parts(turn: Turn, tool_names: dict[object, object]) -> list[JsonObject]:
    """All responses first, then what came with them: Gemini counts the responses against the calls."""
    responses: list[JsonObject] = []
    attachments: list[JsonObject] = []
    for result in turn.results:
        blocks = content_blocks(result.get("content"))
        media = [_part(block) for block in blocks if _is_media(block)]
        text = "\n".join(filter(None, (_text(block) for block in blocks if not _is_media(block))))
        if media:
            text = f"{text}\n[The attachment of this result follows.]".strip()
        call_id = result.get("tool_use_id")
        response = {
            "name": tool_names.get(call_id),
            "response": {"error" if result.get("is_error") else "output": text},
        }
        responses.append({"functionResponse": {**_own_id(call_id), **response}})
        attachments += media
    return responses + attachments + [part for block in turn.blocks for part in _parts(block)]


def _parts(block: JsonObject) -> list[JsonObject]:
    """A file's title and context are told beside it: Gemini has no place for them."""
    heading = [str(block[key]) for key in ("title", "context") if block.get(key)] if _is_media(block) else []
    return [*({"text": line} for line in heading), _part(block)]


def _part(block: JsonObject) -> JsonObject:
    return _media(block) if _is_media(block) else {"text": _text(block)}


def _is_media(block: JsonObject) -> bool:
    return block.get("type") == "image" or (block.get("type") == "document" and not block_text(block))


def _text(block: JsonObject) -> str:
    if block.get("type") == "web_search_tool_result":
        return _search_results(block)
    # A block type that is newer than this file: the model can still read it.
    return block_text(block) or dumps(block).decode()


def _search_results(block: JsonObject) -> str:
    """An earlier search of another provider, without its encrypted contents."""
    results = [item for item in content_blocks(block.get("content")) if item.get("url")]
    return "\n".join(["Search results:", *(f"- {item.get('title')}: {item['url']}" for item in results)])


def _media(block: JsonObject) -> JsonObject:
    source, kind = block.get("source") or {}, str(block.get("type"))
    if source.get("type") == "base64":
        mime_type = source.get("media_type") or _DEFAULT_TYPES[kind]
        return {"inlineData": {"mimeType": mime_type, "data": source.get("data")}}
    if source.get("type") == "url":
        return {"fileData": {"mimeType": _type_of_url(str(source.get("url")), kind), "fileUri": source.get("url")}}
    raise ClientFault(
        400, f"{kind}.source.type: Gemini cannot get {source.get('type')!r} content; send base64 or a URL"
    )


def _type_of_url(url: str, kind: str) -> str:
    """Gemini fetches public https and gs:// URLs itself, but wants to know the type beforehand."""
    if not url.startswith(("https://", "gs://")):
        raise ClientFault(400, f"{kind}.source.url: Gemini fetches only https:// and gs:// URLs")
    return mimetypes.guess_type(urlsplit(url).path)[0] or _DEFAULT_TYPES[kind]
