"""A page that an answer cites, in Anthropic's form, for providers that tell only which page it was."""

from __future__ import annotations

from ccr_proxy.json_codec import JsonObject

_TYPE = "web_search_result_location"


def page_citation(url: str, title: str) -> JsonObject:
    """A citation for a text block. What stands on the page is not told, and its index can be read by Anthropic only.
    (https://docs.anthropic.com/en/docs/agents-and-tools/tool-use/web-search-tool#citations)"""
    return {"type": _TYPE, "url": url, "title": title or url, "cited_text": "", "encrypted_index": ""}


def is_of_another_provider(citation: object) -> bool:
    """Whether a citation was made by `page_citation`; Anthropic wants its own index back."""
    return isinstance(citation, dict) and citation.get("type") == _TYPE and not citation.get("encrypted_index")
