"""Whether a rule's condition holds for a request, and why.

Three answers: it holds, it does not, or it cannot be said (the spending is unknown, the session's project was not
found). Unknown stays unknown under `not`, so that a rule never applies because something is not known.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ccr_proxy.config.conditions import (
    All,
    AnyOf,
    Condition,
    EffortIs,
    FactIs,
    HeaderIs,
    Not,
    Spending,
    TextIs,
    ThinkingIs,
    TimeIs,
    Tokens,
    ToolOffered,
)
from ccr_proxy.config.patterns import Pattern
from ccr_proxy.routing.background import is_small_claude
from ccr_proxy.routing.circumstances import Circumstances
from ccr_proxy.routing.facts import Facts


@dataclass(frozen=True, slots=True)
class Verdict:
    """`holds` is None when it cannot be said; `why` is a short phrase for people."""

    holds: bool | None
    why: str


@dataclass(frozen=True, slots=True)
class Asked:
    """A request as a rule sees it; `tokens` are counted for the rule's first target."""

    facts: Facts
    circumstances: Circumstances
    tokens: int


def verdict(condition: Condition, asked: Asked) -> Verdict:
    """Work out a condition. Parts that can no longer change the outcome are not looked at."""
    return _JUDGES[type(condition)](condition, asked)


def _all(condition: All, asked: Asked) -> Verdict:
    reasons: list[str] = []
    unknown: Verdict | None = None
    for part in condition.parts:
        found = verdict(part, asked)
        if found.holds is False:
            return found
        unknown = unknown or (found if found.holds is None else None)
        reasons.append(found.why)
    return unknown or Verdict(True, ", ".join(reasons) or "applies always")


def _any(condition: AnyOf, asked: Asked) -> Verdict:
    reasons: list[str] = []
    unknown: Verdict | None = None
    for part in condition.parts:
        found = verdict(part, asked)
        if found.holds:
            return found
        unknown = unknown or (found if found.holds is None else None)
        reasons.append(found.why)
    return unknown or Verdict(False, ", ".join(reasons))


def _not(condition: Not, asked: Asked) -> Verdict:
    found = verdict(condition.part, asked)
    return Verdict(None if found.holds is None else not found.holds, found.why)


def _tokens(condition: Tokens, asked: Asked) -> Verdict:
    holds = condition.range.holds(asked.tokens)
    return Verdict(holds, f"{asked.tokens:,} tokens {_is(holds)} {condition.range}")


def _spending(condition: Spending, asked: Asked) -> Verdict:
    spent = asked.circumstances.spent.get(condition.period)
    if spent is None:
        return Verdict(None, f"the spending per {condition.period} is not known")
    holds = condition.range.holds(spent)
    return Verdict(holds, f"${spent:,.2f} spent this {condition.period} {_is(holds)} {condition.range}")


def _text(condition: TextIs, asked: Asked) -> Verdict:
    subject = condition.subject
    words = subject.replace("_", " ")
    text = {
        "model": asked.facts.model,
        "session": asked.facts.session_id,
        "project": asked.circumstances.project,
        "client_key": asked.circumstances.client_key,
    }[subject]
    if text is None:
        return Verdict(None if subject == "project" else False, f"the {words} is not known")
    return _fitting(f"the {words} “{text}”", text, condition.patterns)


def _header(condition: HeaderIs, asked: Asked) -> Verdict:
    value = asked.circumstances.headers.get(condition.name)
    if not condition.patterns:
        there = value is not None
        return Verdict(there is condition.wanted, f"the header {condition.name} is {'there' if there else 'absent'}")
    if value is None:
        return Verdict(False, f"the header {condition.name} is absent")
    return _fitting(f"the header {condition.name}", value, condition.patterns)


def _tool(condition: ToolOffered, asked: Asked) -> Verdict:
    for name in asked.facts.tools:
        if any(pattern.fits(name) for pattern in condition.patterns):
            return Verdict(True, f"the tool {name} is offered")
    return Verdict(False, f"no tool fits {_listed(condition.patterns)}")


_FACTS: dict[str, tuple[Callable[[Facts], bool], str, str]] = {
    "images": (lambda facts: facts.has_image, "there is an image", "there is no image"),
    "image_in_last_turn": (
        lambda facts: facts.image_in_last_turn,
        "the last turn has an image",
        "the last turn has no image",
    ),
    "plan_mode": (lambda facts: facts.plan_mode, "plan mode is on", "plan mode is off"),
    "subagent": (lambda facts: facts.is_subagent, "a sub-agent asks", "no sub-agent asks"),
    "background": (
        lambda facts: facts.background is not None or is_small_claude(facts.model),
        "this is background work",
        "this is no background work",
    ),
    "web_search": (lambda facts: facts.has_web_search, "a web search is offered", "no web search is offered"),
    "stream": (lambda facts: facts.stream, "a stream is wanted", "no stream is wanted"),
    "any_tools": (lambda facts: bool(facts.tools), "tools are offered", "no tools are offered"),
}


def _fact(condition: FactIs, asked: Asked) -> Verdict:
    read, positive, negative = _FACTS[condition.fact]
    so = read(asked.facts)
    return Verdict(so is condition.wanted, positive if so else negative)


def _thinking(condition: ThinkingIs, asked: Asked) -> Verdict:
    level = asked.facts.thinking.value
    cue = f" ({asked.facts.thinking_cue})" if asked.facts.thinking_cue else ""
    return Verdict(level in condition.levels, f"thinking is {level}{cue}")


def _effort(condition: EffortIs, asked: Asked) -> Verdict:
    return Verdict(asked.facts.effort in condition.levels, f"the effort is {asked.facts.effort or 'not given'}")


def _time(condition: TimeIs, asked: Asked) -> Verdict:
    now = asked.circumstances.now
    if now is None:
        return Verdict(None, "the time is not known")
    for span in condition.spans:
        if span.holds(now):
            return Verdict(True, f"the time is within {span}")
    return Verdict(False, f"the time is not within {' or '.join(map(str, condition.spans))}")


def _fitting(what: str, text: str, patterns: tuple[Pattern, ...]) -> Verdict:
    for pattern in patterns:
        if pattern.fits(text):
            return Verdict(True, f"{what} fits {pattern}")
    return Verdict(False, f"{what} does not fit {_listed(patterns)}")


def _listed(patterns: tuple[Pattern, ...]) -> str:
    return " or ".join(map(str, patterns))


def _is(holds: bool) -> str:
    return "is" if holds else "is not"


_JUDGES: dict[type, Callable[[Any, Asked], Verdict]] = {
    All: _all,
    AnyOf: _any,
    Not: _not,
    Tokens: _tokens,
    Spending: _spending,
    TextIs: _text,
    HeaderIs: _header,
    ToolOffered: _tool,
    FactIs: _fact,
    ThinkingIs: _thinking,
    EffortIs: _effort,
    TimeIs: _time,
}
