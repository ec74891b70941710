"""What a conversation is doing right now: its last prompt, plan mode, images.

One pass looks at the types of blocks; texts are searched where Claude Code itself writes
(`role: "system"` messages and `<system-reminder>` blocks), never in tool results, which may quote anything.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

_REMINDER = "<system-reminder>"

# Claude Code's own words, at the start of a line of a reminder.
_PLAN_MODE_ON = ("Plan mode is active", "Plan mode still active")
_PLAN_MODE_OFF = ("## Exited Plan Mode", "You have exited plan mode")
_PLAN_MODE_TOOLS = {"EnterPlanMode": True, "ExitPlanMode": False}


@dataclass(frozen=True, slots=True)
class Conversation:
    """`prompt` is the last text a person (or an agent's caller) wrote; the images are those of user messages.

    `image_in_last_turn`: an image stands after the last answer, so the coming answer is about it.
    """

    prompt: str
    plan_mode: bool
    has_image: bool
    image_in_last_turn: bool


def read_conversation(messages: Any) -> Conversation:
    """Read `messages` of a request. Entries of the wrong type are passed over."""
    marks = _marks_of(messages if isinstance(messages, list) else [])
    return Conversation(
        prompt=_last_prompt(marks),
        plan_mode=_plan_mode(marks),
        has_image=bool(marks.images),
        image_in_last_turn=bool(marks.images) and marks.images[-1] > marks.last_answer,
    )


@dataclass(slots=True)
class _Marks:
    """What is notable in a conversation, each with the index of its message, in order."""

    images: list[int] = field(default_factory=list)
    prompts: list[tuple[int, str]] = field(default_factory=list)
    reminders: list[tuple[int, str]] = field(default_factory=list)
    plan_mode_tools: list[tuple[int, bool]] = field(default_factory=list)
    last_answer: int = -1


def _marks_of(messages: list[Any]) -> _Marks:
    marks = _Marks()
    for index, message in enumerate(messages):
        if not isinstance(message, dict):
            continue
        content = message.get("content")
        if isinstance(content, str):
            content = [{"type": "text", "text": content}]
        elif not isinstance(content, list):
            content = []
        if message.get("role") == "assistant":
            marks.last_answer = index
            _mark_answer(marks, index, content, messages)
        else:
            _mark_input(marks, index, content, message.get("role") == "system")
    return marks


def _mark_answer(marks: _Marks, index: int, blocks: list[Any], messages: list[Any]) -> None:
    for block in blocks:
        if isinstance(block, dict) and block.get("type") == "tool_use":
            name = block.get("name")
            if isinstance(name, str) and name in _PLAN_MODE_TOOLS and _succeeded(block.get("id"), messages, index + 1):
                marks.plan_mode_tools.append((index, _PLAN_MODE_TOOLS[name]))


def _mark_input(marks: _Marks, index: int, blocks: list[Any], is_system: bool) -> None:
    for block in blocks:
        if not isinstance(block, dict):
            continue
        kind = block.get("type")
        if kind == "tool_result":
            inner = block.get("content")
            if isinstance(inner, list) and any(
                isinstance(part, dict) and part.get("type") == "image" for part in inner
            ):
                marks.images.append(index)
        elif kind == "image":
            marks.images.append(index)
        elif kind == "text":
            text = block.get("text")
            if isinstance(text, str):
                written_by_client = is_system or text.startswith(_REMINDER)
                (marks.reminders if written_by_client else marks.prompts).append((index, text))


def _last_prompt(marks: _Marks) -> str:
    """All texts of the last message that has one."""
    if not marks.prompts:
        return ""
    last = marks.prompts[-1][0]
    return "\n".join(text for index, text in marks.prompts if index == last).strip()


def _plan_mode(marks: _Marks) -> bool:
    """Whether the last sign of plan mode, a reminder or a successful tool call, says that it is on."""
    by_tool = marks.plan_mode_tools[-1] if marks.plan_mode_tools else (-1, False)
    for index, text in reversed(marks.reminders):
        if index < by_tool[0]:
            break
        sign = _plan_mode_in(text)
        if sign is not None:
            return sign
    return by_tool[1]


def _plan_mode_in(reminder: str) -> bool | None:
    entered = max(_last_line_start(reminder, words) for words in _PLAN_MODE_ON)
    left = max(_last_line_start(reminder, words) for words in _PLAN_MODE_OFF)
    return None if entered == left else entered > left


def _last_line_start(text: str, words: str) -> int:
    """Where the last line that begins with `words` is; -1 when none does."""
    at = text.rfind("\n" + words)
    return at if at >= 0 or not text.startswith(words) else 0


def _succeeded(call: Any, messages: list[Any], following: int) -> bool:
    """Whether the message at `following` has a result of that tool call, and no error."""
    message = messages[following] if following < len(messages) else None
    results = message.get("content") if isinstance(message, dict) else None
    return isinstance(results, list) and any(
        isinstance(block, dict) and block.get("tool_use_id") == call and not block.get("is_error") for block in results
    )
