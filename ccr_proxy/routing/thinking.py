"""Does a request ask for thinking, or does it only carry the field that the client always sends?

Claude Code 2.1 sends `thinking` with nearly every request, so the field alone says nothing:

    thinking                                                    meaning
    `disabled`                                                  NONE, whatever else the request says
    no field                                                    NONE, unless a cue below asks
    `adaptive`, which every newer and unknown model gets        OFFERED
    `enabled`, budget = answer limit - 1, haiku, sonnet 4-4.5   OFFERED: these always get it
    `enabled`, budget 63999                                     OFFERED: sent after "adaptive thinking is not supported"
    `enabled`, another budget, or another model                 ASKED: somebody chose it

A person asks by one of these cues, which make it ASKED unless thinking is `disabled`: plan mode, an effort above the
client's own `high`, or a word such as "ultrathink" in the last prompt.
"""

from __future__ import annotations

import re
from enum import Enum
from typing import Any

from ccr_proxy.config.router import ThinkWhen
from ccr_proxy.json_codec import JsonObject
from ccr_proxy.routing.conversation import Conversation


class Thinking(Enum):
    """How much a request wants the model to think."""

    NONE = "none"
    OFFERED = "offered"
    ASKED = "asked"


# What counts as asking; the configuration changes it with `Router.thinkWhen`.
DEFAULT_CUES = ThinkWhen()

# Claude generations that think by budget: 3.7, and 4 to 4.5 in every size.
_BUDGET_MODELS = re.compile(r"claude-(3[-.]7|(opus|sonnet|haiku)-4(?![-.][6-9]))|claude-4(?![-.][6-9])")
_BUDGET_AFTER_REJECTION = 63_999

# A word asks where a person puts it, at either end of a prompt; a pasted file in the middle is not searched.
_SEARCHED_CHARACTERS = 2_000


def thinking_of(body: JsonObject, conversation: Conversation, cues: ThinkWhen) -> tuple[Thinking, str]:
    """How much thinking is wanted, and by which cue when it is ASKED ("" otherwise)."""
    thinking = body.get("thinking")
    kind = thinking.get("type") if isinstance(thinking, dict) else None
    if kind == "disabled":
        return Thinking.NONE, ""
    cue = _cue(body, conversation, cues)
    if not cue and cues.budgets and kind == "enabled":
        cue = _chosen_budget(body, thinking)
    if cue:
        return Thinking.ASKED, cue
    if kind not in ("adaptive", "enabled"):
        return Thinking.NONE, ""
    return (Thinking.ASKED, f"the request offers {kind} thinking") if cues.offered else (Thinking.OFFERED, "")


def effort_of(body: JsonObject) -> str | None:
    """`output_config.effort` in lower case, if there is one."""
    output_config = body.get("output_config")
    effort = output_config.get("effort") if isinstance(output_config, dict) else None
    return effort.lower() if isinstance(effort, str) else None


def _cue(body: JsonObject, conversation: Conversation, cues: ThinkWhen) -> str:
    if cues.plan_mode and conversation.plan_mode:
        return "plan mode"
    effort = effort_of(body)
    if effort and effort in cues.efforts:
        return f"effort {effort}"
    word = _asking_word(conversation.prompt, cues.words)
    return f"the prompt says “{word}”" if word else ""


def _asking_word(prompt: str, words: tuple[str, ...]) -> str:
    ends = prompt
    if len(prompt) > 2 * _SEARCHED_CHARACTERS:
        ends = prompt[:_SEARCHED_CHARACTERS] + "\n" + prompt[-_SEARCHED_CHARACTERS:]
    ends = ends.lower()
    return next((word for word in words if word.lower() in ends and _stands_alone(word.lower(), ends)), "")


def _stands_alone(word: str, text: str) -> bool:
    """Whether `word` is not part of a longer English word; Chinese is written without spaces."""
    return re.search(rf"(?<![a-z0-9_-]){re.escape(word)}(?![a-z0-9_-])", text) is not None


def _chosen_budget(body: JsonObject, thinking: Any) -> str:
    budget = thinking.get("budget_tokens")
    if not isinstance(budget, int) or budget == _BUDGET_AFTER_REJECTION:
        return ""
    limit = body.get("max_tokens")
    whole_answer = isinstance(limit, int) and budget >= limit - 1
    if whole_answer and _BUDGET_MODELS.search(str(body.get("model")).lower()):
        return ""
    return f"a thinking budget of {budget:,} tokens"
