"""The vocabulary of a Responses stream: which events carry text, and where that text belongs.

https://platform.openai.com/docs/api-reference/responses-streaming
"""

from __future__ import annotations

from dataclasses import dataclass

MESSAGE, REASONING, FUNCTION_CALL, WEB_SEARCH_CALL = "message", "reasoning", "function_call", "web_search_call"


@dataclass(frozen=True, slots=True)
class Channel:
    """Where the text of an event goes.

    item: type of the output item
    name: the kind of text within the item
    text_field, part_field: the event's fields with the text and with the number of the part
    """

    item: str
    name: str
    text_field: str
    part_field: str = "content_index"


# More of a text.
DELTAS = {
    "response.output_text.delta": Channel(MESSAGE, "output_text", "delta"),
    "response.refusal.delta": Channel(MESSAGE, "refusal", "delta"),
    "response.reasoning_text.delta": Channel(REASONING, "reasoning_text", "delta"),
    "response.reasoning_summary_text.delta": Channel(REASONING, "summary_text", "delta", "summary_index"),
    "response.function_call_arguments.delta": Channel(FUNCTION_CALL, "arguments", "delta"),
}
# The same text once more, whole.
WHOLES = {
    "response.output_text.done": Channel(MESSAGE, "output_text", "text"),
    "response.refusal.done": Channel(MESSAGE, "refusal", "refusal"),
    "response.reasoning_text.done": Channel(REASONING, "reasoning_text", "text"),
    "response.reasoning_summary_text.done": Channel(REASONING, "summary_text", "text", "summary_index"),
    "response.function_call_arguments.done": Channel(FUNCTION_CALL, "arguments", "arguments"),
}
# Parts of items, by their type.
PARTS = {
    "output_text": Channel(MESSAGE, "output_text", "text"),
    "text": Channel(MESSAGE, "output_text", "text"),
    "refusal": Channel(MESSAGE, "refusal", "refusal"),
    "reasoning_text": Channel(REASONING, "reasoning_text", "text"),
    "summary_text": Channel(REASONING, "summary_text", "text", "summary_index"),
}
PARTS_DONE = frozenset({"response.content_part.done", "response.reasoning_summary_part.done"})
# How an answer ends; the value is the status where the response names none.
ENDS = {
    "response.completed": "completed",
    "response.done": "completed",
    "response.incomplete": "incomplete",
    "response.failed": "failed",
    "response.cancelled": "cancelled",
}
# They repeat the whole request, tools and all, and say nothing new.
SILENT = frozenset({"response.created", "response.in_progress", "response.queued"})
# Error codes for what the request itself has caused, so that another key or provider would not help.
REQUEST_FAULTS = frozenset(
    {
        "empty_image_file",
        "failed_to_download_image",
        "image_content_policy_violation",
        "image_file_not_found",
        "image_file_too_large",
        "image_parse_error",
        "image_too_large",
        "image_too_small",
        "invalid_base64_image",
        "invalid_encrypted_content",
        "invalid_image",
        "invalid_image_format",
        "invalid_image_mode",
        "invalid_image_url",
        "invalid_prompt",
        "unknown_parameter",
        "unsupported_image_media_type",
        "unsupported_value",
    }
)
