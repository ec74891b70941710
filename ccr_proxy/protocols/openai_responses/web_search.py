"""The provider's own web search, shown as Anthropic's `server_tool_use` and `web_search_tool_result` blocks.

Responses tells what was searched for, and names the pages it used only in the citations of the text. The result block
of a search therefore comes at the end of the answer, unless the search itself lists its sources.
"""

from __future__ import annotations

import re

from ccr_proxy.json_codec import JsonObject, loads
from ccr_proxy.protocols.citation import page_citation
from ccr_proxy.protocols.tool_ids import new_tool_id

_NOT_IN_IDS = re.compile(r"[^a-zA-Z0-9_]")


class WebSearches:
    """The searches of one answer and the pages that its text cites."""

    def __init__(self) -> None:
        self._unanswered: list[str] = []
        self._titles: dict[str, str] = {}
        self._cited: set[tuple[int, str, str, str]] = set()

    def call(self, item: JsonObject) -> list[JsonObject]:
        """The blocks to show for a finished `web_search_call` item.

        Pages that the model merely opened or scanned are steps of a search; Anthropic's has no word for them.
        """
        action = _object(item.get("action"))
        if action.get("type", "search") != "search":
            return []
        call_id = _server_tool_id(item.get("id"))
        call = {
            "type": "server_tool_use",
            "id": call_id,
            "name": "web_search",
            "input": {"query": _query(item, action)},
        }
        if item.get("status") == "failed":
            error = {"type": "web_search_tool_result_error", "error_code": "unavailable"}
            return [call, {"type": "web_search_tool_result", "tool_use_id": call_id, "content": error}]
        sources = {
            source["url"]: "" for source in _objects(action.get("sources")) if isinstance(source.get("url"), str)
        }
        if sources:
            return [call, _result(call_id, sources)]
        self._unanswered.append(call_id)
        return [call]

    def cite(self, annotation: object, *, number: int) -> JsonObject | None:
        """Remember a page that the text of the item with this number cites; the citation, where it is new."""
        told = _object(annotation)
        url, title = told.get("url"), told.get("title")
        if told.get("type") != "url_citation" or not isinstance(url, str):
            return None
        self._titles[url] = self._titles.get(url) or (title if isinstance(title, str) else "")
        place = (number, url, str(told.get("start_index")), str(told.get("end_index")))
        if place in self._cited:  # the same annotation comes with the text, the part, the item and the whole answer
            return None
        self._cited.add(place)
        return page_citation(url, self._titles[url])

    def results(self) -> list[JsonObject]:
        """Result blocks for the searches that have none; which search found a page is not told."""
        blocks = []
        for position, call_id in enumerate(self._unanswered):
            blocks.append(_result(call_id, {} if position else self._titles))
        self._unanswered = []
        return blocks


def _result(call_id: str, titles: dict[str, str]) -> JsonObject:
    pages = [
        {"type": "web_search_result", "url": url, "title": title or url, "encrypted_content": "", "page_age": None}
        for url, title in titles.items()
    ]
    return {"type": "web_search_tool_result", "tool_use_id": call_id, "content": pages}


def _query(item: JsonObject, action: JsonObject) -> str:
    """The search words; xAI has them in `arguments`, like those of a function."""
    queries = action.get("queries")
    first = queries[0] if isinstance(queries, list) and queries else ""
    query = action.get("query") or first or _argument(item.get("arguments"))
    return query if isinstance(query, str) else ""


def _argument(arguments: object) -> object:
    if not isinstance(arguments, str):
        return ""
    try:
        return _object(loads(arguments)).get("query")
    except ValueError:
        return ""


def _server_tool_id(upstream_id: object) -> str:
    """Anthropic's ids of server tools begin with `srvtoolu_`."""
    if isinstance(upstream_id, str) and upstream_id:
        return "srvtoolu_" + _NOT_IN_IDS.sub("_", upstream_id)
    return new_tool_id().replace("toolu_", "srvtoolu_")


def _object(value: object) -> JsonObject:
    return value if isinstance(value, dict) else {}


def _objects(value: object) -> list[JsonObject]:
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []
