"""Pictures and files of OpenAI messages as Anthropic content blocks.

Anthropic takes pictures and PDF files by data or URL, and plain text by data
(https://docs.anthropic.com/en/docs/build-with-claude/pdf-support). Files stored at OpenAI cannot be reached from here.
"""

from __future__ import annotations

import re
from base64 import b64decode

from ccr_proxy.json_codec import JsonObject
from ccr_proxy.protocols.inbound.fields import refuse

_DATA_URL = re.compile(r"data:(?P<type>[^;,]*)(?:;[^;,]+)*;base64,(?P<data>.*)", re.DOTALL)
# For file data that came bare; everything else is taken for a PDF, the only kind OpenAI took at first.
_TYPES_BY_ENDING = {
    "csv": "text/csv",
    "gif": "image/gif",
    "htm": "text/html",
    "html": "text/html",
    "jpeg": "image/jpeg",
    "jpg": "image/jpeg",
    "json": "application/json",
    "md": "text/markdown",
    "png": "image/png",
    "txt": "text/plain",
    "webp": "image/webp",
    "xml": "text/xml",
}
_TEXT_TYPES = frozenset({"application/json", "application/xml", "application/yaml"})
_AT_OPENAI = "is stored at OpenAI, where this gateway cannot fetch it; send the data or a URL"


def image(url: object, field: str) -> JsonObject:
    """A picture given as a data or http(s) URL. Raises ClientFault for any other."""
    if isinstance(url, str) and url.startswith(("http://", "https://")):
        return {"type": "image", "source": {"type": "url", "url": url}}
    match = _DATA_URL.fullmatch(url) if isinstance(url, str) else None
    if match is None:
        refuse(field, "must be an http(s) URL or a base64 data URL")
    return {"type": "image", "source": _base64(match["type"], match["data"])}


def file(part: JsonObject, field: str) -> JsonObject:
    """A file given by `file_data` or `file_url`. Raises ClientFault for one that is stored at OpenAI."""
    title = {"title": name} if isinstance(name := part.get("filename"), str) and name else {}
    if isinstance(url := part.get("file_url"), str) and url:
        return {"type": "document", "source": {"type": "url", "url": url}, **title}
    data = part.get("file_data")
    if not isinstance(data, str) or not data:
        refuse(f"{field}.file_id" if part.get("file_id") else field, _AT_OPENAI)
    match = _DATA_URL.fullmatch(data)
    media_type = match["type"] if match else _type_of(title.get("title", ""))
    return _document(media_type, match["data"] if match else data, title, field)


def no_stored_file(part: JsonObject, field: str) -> None:
    """Raise ClientFault when a part points to a file at OpenAI."""
    if part.get("file_id"):
        refuse(f"{field}.file_id", _AT_OPENAI)


def _document(media_type: str, data: str, title: JsonObject, field: str) -> JsonObject:
    if media_type.startswith("image/"):
        return {"type": "image", "source": _base64(media_type, data)}
    if media_type.startswith("text/") or media_type in _TEXT_TYPES:
        try:
            text = b64decode(data, validate=True).decode()
        except ValueError:
            refuse(f"{field}.file_data", f"is not UTF-8 text in base64, though its type is {media_type}")
        return {"type": "document", "source": {"type": "text", "media_type": "text/plain", "data": text}, **title}
    return {"type": "document", "source": _base64(media_type or "application/pdf", data), **title}


def _base64(media_type: str, data: str) -> JsonObject:
    return {"type": "base64", "media_type": media_type, "data": data}


def _type_of(filename: str) -> str:
    return _TYPES_BY_ENDING.get(filename.rpartition(".")[2].lower(), "application/pdf")
