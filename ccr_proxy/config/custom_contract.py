"""What a custom router is told and what it may answer: the contract of `route(request, config)`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ccr_proxy.config.problems import Findings
from ccr_proxy.config.rewrites import NO_REWRITES, Rewrites, parse_rewrites
from ccr_proxy.config.target_set import TargetSet, parse_target_set


@dataclass(frozen=True, slots=True)
class CustomRequest:
    """A request as a custom router sees it.

    body        the Messages request, to be read only
    headers     by lower-case names, without the client's credentials
    tokens      estimated input tokens
    model       the model the client asks for
    thinking    "none", "offered" (the client always sends the field) or "asked"
    background  which errand of the client this is, such as "session title"; None for work a person waits for
    project     name of the session's folder under ~/.claude/projects; None when it is not known
    images      whether the coming answer is about an image
    """

    body: Mapping[str, Any]
    headers: Mapping[str, str]
    tokens: int
    model: str
    session_id: str | None
    project: str | None
    thinking: str
    effort: str | None
    plan_mode: bool
    subagent: bool
    background: str | None
    images: bool
    web_search: bool
    tools: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CustomChoice:
    """What a custom router answered: a choice, or (`targets` None) none; `note` says in one line what happened."""

    targets: TargetSet | None = None
    rewrites: Rewrites = NO_REWRITES
    note: str = ""


NO_CHOICE = CustomChoice(note="the custom router made no choice")


def choice_of(answer: Any) -> CustomChoice:
    """What `route` returned, understood: None (or anything empty), targets in any form a route may have, or
    `{"use": targets, "set": changes}` as in a rule."""
    if not answer:
        return NO_CHOICE
    findings = Findings()
    rewrites = NO_REWRITES
    if isinstance(answer, dict) and "use" in answer:
        targets = parse_target_set(answer["use"], ("use",), findings)
        if answer.get("set") is not None:
            rewrites = parse_rewrites(answer["set"], ("set",), findings)
        for name in answer.keys() - {"use", "set"}:
            findings.error((str(name),), "is not known here; known: use, set")
    else:
        targets = parse_target_set(answer, ("answer",), findings)
    if findings.found:
        return CustomChoice(note=f"the custom router returned what cannot be used: {findings.found[0].message}")
    return CustomChoice(targets, rewrites)
