"""JSON files of other programs as editable documents, and one-line refusals of what they should not be."""

from __future__ import annotations

from pathlib import Path

from ccr_proxy.config.document import Document, DocumentError, JsonPath, parse_or_empty, path_text
from zcf.errors import Refusal, refused
from zcf.facts import SeenFile
from zcf.plan.changes import FileChange
from zcf.plan.secrets import holds_secret
from zcf.plan.values import MISSING, changes_between


def document_of(path: Path, content: bytes | None) -> Document:
    """The object in a file's content; an empty file counts as an empty object. Raises Refusal with line and column."""
    try:
        text = (content or b"").decode("utf-8")
    except UnicodeDecodeError as error:
        raise refused("file.not_utf8", path=path, offset=error.start) from error
    try:
        document = parse_or_empty(text, str(path))
    except DocumentError as error:
        raise refused("file.not_json", path=path, place=f"{error.line}:{error.column}", reason=error.reason) from error
    require_object(document, ())
    return document


def require_object(document: Document, path: JsonPath) -> None:
    """Refuse anything but an object (or nothing) at `path`."""
    if not isinstance(document.get(path, {}), dict):
        raise wrong_type(document, path, "object")


def require_list(document: Document, path: JsonPath) -> None:
    """Refuse anything but a list (or nothing) at `path`."""
    if not isinstance(document.get(path, []), list):
        raise wrong_type(document, path, "list")


def require_text(document: Document, path: JsonPath) -> None:
    """Refuse anything but text (or null, or nothing) at `path`."""
    if not isinstance(document.get(path) or "", str):
        raise wrong_type(document, path, "text")


def wrong_type(document: Document, path: JsonPath, expected: str) -> Refusal:
    """The refusal for a value that is not an "object", "list" or "text" as it should be, with its place in the file."""
    place = document.position(path)
    where = f"{place.line}:{place.column}"
    return refused(f"file.no_{expected}", path=Path(document.source), place=where, where=path_text(path))


def change_of(seen: SeenFile, after: Document) -> FileChange | None:
    """The file change that makes `after` of what was seen; None if they are the same."""
    content = after.text.encode("utf-8")
    if content == (seen.content or b"") or (seen.content is None and not after.value):
        return None
    values = changes_between(seen.document.value, after.value)
    private = any(value.after is not MISSING and holds_secret(value.path, value.after) for value in values)
    return FileChange(seen.path, seen.content, content, values, private=private)
