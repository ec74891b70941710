"""Pages that an answer cites, as annotations of a chat message
(https://platform.openai.com/docs/guides/tools-web-search?api-mode=chat#output-and-citations)."""

from __future__ import annotations

from ccr_proxy.json_codec import JsonObject


def annotation(citation: object, end: int) -> JsonObject | None:
    """The annotation for one of Anthropic's citations, None for those without a URL.

    Anthropic tells what was said on the page, not where the text uses it; `end` is where the citing text ends.
    """
    url = citation.get("url") if isinstance(citation, dict) else None
    if not isinstance(citation, dict) or not isinstance(url, str):
        return None
    place = {"start_index": end, "end_index": end}
    return {"type": "url_citation", "url_citation": {"url": url, "title": citation.get("title") or url, **place}}
