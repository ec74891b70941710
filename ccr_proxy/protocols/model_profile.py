"""What a model takes and what it refuses, recognised from its name.

Names are all a gateway has: the same model is served by many providers under slightly different ids. A row is here
because a provider answers 400 otherwise, or because the model loses quality; the configuration can overrule each.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Literal

ReasoningControl = Literal["none", "effort", "object", "budget"]


@dataclass(frozen=True, slots=True)
class ModelProfile:
    """Capabilities of one model.

    max_output_tokens: cap for the requested `max_tokens`; None when unknown (the request's own value is sent)
    output_limit_field: how OpenAI Chat names that limit for this model
    reasoning: how the amount of reasoning is asked for: not at all, `reasoning_effort`, a `reasoning` object
    reasoning_history: the message field in which earlier reasoning must be sent back, "" when it must not be
    sampling: whether temperature and top_p are accepted
    cache_control: whether Anthropic cache marks are accepted in chat content
    """

    max_output_tokens: int | None = None
    output_limit_field: Literal["max_tokens", "max_completion_tokens"] = "max_tokens"
    reasoning: ReasoningControl = "none"
    reasoning_history: str = ""
    sampling: bool = True
    cache_control: bool = False


# First match wins. Sources: https://platform.openai.com/docs/guides/reasoning (o-series, gpt-5 and gpt-6 take
# max_completion_tokens and reasoning_effort, and refuse temperature); https://api-docs.deepseek.com/guides/thinking_mode
# and https://platform.moonshot.ai/docs/guide/use-kimi-k2-thinking-model (reasoning_content of a tool-calling turn must
# come back).
_PROFILES: tuple[tuple[re.Pattern[str], ModelProfile], ...] = tuple(
    (re.compile(pattern, re.IGNORECASE), profile)
    for pattern, profile in (
        (
            r"(^|/)(o[1345](-|$)|gpt-[56]|codex)",
            ModelProfile(output_limit_field="max_completion_tokens", reasoning="effort", sampling=False),
        ),
        (r"gpt-oss|grok-(3-mini|4\.\d+-fast-reasoning)", ModelProfile(reasoning="effort")),
        (r"deepseek|kimi|moonshot|mimo|glm-|minimax", ModelProfile(reasoning_history="reasoning_content")),
    )
)


def profile_for(model: str, *, max_output_tokens: int | None = None) -> ModelProfile:
    """The profile of a model id; `max_output_tokens` is the configured cap, if any."""
    profile = next((profile for pattern, profile in _PROFILES if pattern.search(model)), ModelProfile())
    return replace(profile, max_output_tokens=max_output_tokens) if max_output_tokens else profile
