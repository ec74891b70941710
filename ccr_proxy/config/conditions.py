"""The conditions of `Router.rules` as types: what a rule's `when` may ask.

`condition_parser` reads them from the file; what they say about a request is worked out in
`ccr_proxy.routing.rule_match`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from ccr_proxy.config.clock_time import ClockTime
from ccr_proxy.config.patterns import Pattern
from ccr_proxy.config.ranges import Range

Subject = Literal["model", "session", "project", "client_key"]
Fact = Literal[
    "images", "image_in_last_turn", "plan_mode", "subagent", "background", "web_search", "stream", "any_tools"
]
THINKING = ("none", "offered", "asked")
EFFORTS = ("minimal", "low", "medium", "high", "xhigh", "max")
PERIODS = ("session", "day", "week", "month")


@dataclass(frozen=True, slots=True)
class Tokens:
    """Estimated input tokens, counted for the rule's first target."""

    range: Range


@dataclass(frozen=True, slots=True)
class Spending:
    """US dollars spent so far in the session, day, week or month."""

    period: str
    range: Range


@dataclass(frozen=True, slots=True)
class TextIs:
    """A text fits one of the patterns."""

    subject: Subject
    patterns: tuple[Pattern, ...]


@dataclass(frozen=True, slots=True)
class HeaderIs:
    """A header of the request fits one of the patterns; no patterns: it is there, or, when not `wanted`, absent."""

    name: str
    patterns: tuple[Pattern, ...]
    wanted: bool = True


@dataclass(frozen=True, slots=True)
class ToolOffered:
    """A tool is offered whose name fits one of the patterns."""

    patterns: tuple[Pattern, ...]


@dataclass(frozen=True, slots=True)
class FactIs:
    """Something is, or is not, so."""

    fact: Fact
    wanted: bool


@dataclass(frozen=True, slots=True)
class ThinkingIs:
    """How much thinking is wanted: one of `THINKING`."""

    levels: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class EffortIs:
    """The effort the client sent: one of `EFFORTS`."""

    levels: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TimeIs:
    """The time lies in one of the spans."""

    spans: tuple[ClockTime, ...]


@dataclass(frozen=True, slots=True)
class All:
    """Every part holds; without parts it always does."""

    parts: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class AnyOf:
    """At least one part holds."""

    parts: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Not:
    """The part does not hold."""

    part: Condition


Condition = (
    Tokens
    | Spending
    | TextIs
    | HeaderIs
    | ToolOffered
    | FactIs
    | ThinkingIs
    | EffortIs
    | TimeIs
    | All
    | AnyOf
    | Not
)  # fmt: skip


def uses_project(condition: Condition) -> bool:
    """Whether the condition asks for the project, which takes a look at the disk to find."""
    match condition:
        case TextIs(subject="project"):
            return True
        case All(parts) | AnyOf(parts):
            return any(map(uses_project, parts))
        case Not(part):
            return uses_project(part)
        case _:
            return False
