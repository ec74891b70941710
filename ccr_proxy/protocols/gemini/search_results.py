"""What a Google search found, as the blocks of Anthropic's web search tool, which Claude Code's WebSearch reads.

https://ai.google.dev/api/generate-content#GroundingMetadata
"""

from __future__ import annotations

from ccr_proxy.json_codec import JsonObject
from ccr_proxy.protocols.citation import page_citation
from ccr_proxy.protocols.tool_ids import new_tool_id


def search_blocks(grounding: JsonObject) -> list[JsonObject]:
    """A search call and its results; nothing when the answer is not grounded in a search."""
    queries = [str(query) for query in _list(grounding.get("webSearchQueries"))]
    results = [result for chunk in _list(grounding.get("groundingChunks")) if (result := _result(chunk))]
    if not queries and not results:
        return []
    call_id = new_tool_id().replace("toolu_", "srvtoolu_")
    call = {"type": "server_tool_use", "id": call_id, "name": "web_search", "input": {"query": "; ".join(queries)}}
    return [call, {"type": "web_search_tool_result", "tool_use_id": call_id, "content": results}]


def citations(grounding: JsonObject) -> list[JsonObject]:
    """The pages that the text is supported by, each once, in the order in which the text uses them."""
    chunks = _list(grounding.get("groundingChunks"))
    supports = [support for support in _list(grounding.get("groundingSupports")) if isinstance(support, dict)]
    indices = [index for support in supports for index in _list(support.get("groundingChunkIndices"))]
    known = [index for index in indices if isinstance(index, int) and 0 <= index < len(chunks)]
    pages = [page for index in dict.fromkeys(known) if (page := _result(chunks[index]))]
    return [page_citation(page["url"], page["title"]) for page in pages]


def _result(chunk: object) -> JsonObject | None:
    source = (chunk.get("web") or chunk.get("retrievedContext")) if isinstance(chunk, dict) else None
    if not isinstance(source, dict) or not source.get("uri"):
        return None
    return {
        "type": "web_search_result",
        "title": source.get("title") or source["uri"],
        "url": source["uri"],
        "encrypted_content": "",
        "page_age": None,
    }


def _list(value: object) -> list[object]:
    return value if isinstance(value, list) else []
