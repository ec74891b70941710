"""`tooluse`: a model that talks instead of acting must call a tool, and has one for saying that it is done.

The extra tool is called ExitTool; its call becomes the text of the answer, and the client never hears of it.
"""

from __future__ import annotations

from ccr_proxy.json_codec import JsonObject, as_object
from ccr_proxy.protocols.answer_sink import AnswerSink
from ccr_proxy.transformers.conversation_edits import with_reminder
from ccr_proxy.transformers.exit_answer import ExitAnswerSink
from ccr_proxy.transformers.reasoning import wants_thinking
from ccr_proxy.transformers.transformer import Context, Transformer

EXIT_TOOL = "ExitTool"
_TOOL: JsonObject = {
    "name": EXIT_TOOL,
    "description": (
        "Ends the turn. Call it when no other tool can bring the task further: the work is done, the question is "
        "answered, or the user must decide something. `response` is shown to the user as your reply."
    ),
    "input_schema": {
        "type": "object",
        "properties": {"response": {"type": "string", "description": "Your reply to the user, complete."}},
        "required": ["response"],
    },
}
_REMINDER = (
    "<system-reminder>\nTool mode is on: act by calling the tool that brings the task further. When no tool is "
    f"needed any more, call {EXIT_TOOL} with your reply.\n</system-reminder>"
)


def _ask(body: JsonObject, context: Context, _options: JsonObject) -> JsonObject:
    tools = body.get("tools")
    kind = as_object(body.get("tool_choice")).get("type", "auto")
    # A client that forces a tool or forbids them all knows what it wants.
    if not isinstance(tools, list) or not tools or kind != "auto" or _has_exit(tools):
        return body
    asked = {**body, "tools": [*tools, _TOOL]}
    # Anthropic does not let a thinking model be forced.
    if not (context.protocol == "anthropic" and wants_thinking(body)):
        asked["tool_choice"] = {**as_object(body.get("tool_choice")), "type": "any"}
    return with_reminder(asked, _REMINDER)


def _has_exit(tools: list[object]) -> bool:
    return any(isinstance(tool, dict) and tool.get("name") == EXIT_TOOL for tool in tools)


def _as_text(sink: AnswerSink, context: Context, _options: JsonObject) -> AnswerSink:
    """A client with an ExitTool of its own keeps it."""
    return sink if _has_exit(context.asked.get("tools") or []) else ExitAnswerSink(sink, EXIT_TOOL)


TOOLUSE = Transformer("tooluse", conversation=_ask, answer=_as_text)
