"""The routes by what a request is. Each gives a choice, or notes in the trail why it does not apply."""

from __future__ import annotations

from ccr_proxy.config.schema import Config
from ccr_proxy.errors import ClientFault
from ccr_proxy.routing.background import is_small_claude
from ccr_proxy.routing.situation import Choice, Situation, alone
from ccr_proxy.routing.targets import Target, configured_model, provider_of
from ccr_proxy.routing.thinking import Thinking

# CCR's rule: below this many tokens, what the session's last answer reported says nothing about this request, which
# may be a small one on the side, or follow a compaction.
_LAST_USAGE_COUNTS_ABOVE = 20_000


def image(situation: Situation) -> Choice | None:
    """The coming answer is about an image."""
    targets = situation.config.router.image_targets
    if targets is None:
        situation.note("image", "passed", "Router.image is not set")
    elif not situation.facts.image_in_last_turn:
        situation.note("image", "passed", "the last turn has no image")
    else:
        return situation.routed("image", targets, "the last message has an image")
    return None


def by_kind(situation: Situation) -> Choice:
    """Web search, background, think or default; or longContext, when that choice would get too much."""
    short = _web_search(situation) or _background(situation) or _think(situation) or _default(situation)
    return _long_context(situation, short) or short


def _web_search(situation: Situation) -> Choice | None:
    targets = situation.config.router.web_search_targets
    if targets is None:
        situation.note("webSearch", "passed", "Router.webSearch is not set")
    elif not situation.facts.has_web_search:
        situation.note("webSearch", "passed", "no web search tool is offered")
    else:
        return situation.routed("webSearch", targets, "the request offers a web search tool")
    return None


def _background(situation: Situation) -> Choice | None:
    facts, targets = situation.facts, situation.config.router.background_targets
    if targets is None:
        situation.note("background", "passed", "Router.background is not set")
    elif facts.background:
        return situation.routed("background", targets, facts.background.value)
    elif is_small_claude(facts.model):
        return situation.routed("background", targets, f"the client asks for its small model {facts.model}")
    else:
        situation.note("background", "passed", "neither an errand of the client nor its small model")
    return None


def _think(situation: Situation) -> Choice | None:
    facts, targets = situation.facts, situation.config.router.think_targets
    if targets is None:
        situation.note("think", "passed", "Router.think is not set")
    elif facts.thinking is Thinking.ASKED:
        return situation.routed("think", targets, facts.thinking_cue)
    else:
        situation.note("think", "passed", f"thinking is {facts.thinking.value}, nothing asks for it")
    return None


def _default(situation: Situation) -> Choice:
    config = situation.config
    if config.router.default_targets:
        return situation.routed("default", config.router.default_targets, "no other route applies")
    named = configured_model(situation.facts.model, config)
    if named:
        why = f"Router.default is not set, {named.provider_name} has this model"
        return Choice("default", alone(named), why)
    if len(config.providers) == 1 and config.providers[0].models:
        only = Target(config.providers[0].name, config.providers[0].models[0])
        return Choice("default", alone(only), "Router.default is not set, this is the first model of the only provider")
    raise ClientFault(
        400,
        f'No route for model “{situation.facts.model}”: set Router.default to "provider,model" in config.json. '
        + _example(config),
    )


def _long_context(situation: Situation, short: Choice) -> Choice | None:
    """The long route, when `short`, the choice by kind, would get more than it should or can."""
    targets = situation.config.router.long_context_targets
    if targets is None:
        situation.note("longContext", "passed", "Router.longContext is not set")
        return None
    threshold = situation.config.router.threshold_for(short.route)
    # Of an ordered chain the first is asked; of other sets any may be.
    asked = short.chosen.targets[:1] if short.chosen.strategy == "ordered" else short.chosen.targets
    tokens = max(situation.tokens_at(target) for target in asked)
    why = _too_long(situation, tokens, threshold) or _beyond_windows(situation, asked)
    if why:
        return situation.routed("longContext", targets, why)
    situation.note("longContext", "passed", f"{tokens:,} tokens ≤ longContextThreshold {threshold:,}")
    return None


def _too_long(situation: Situation, tokens: int, threshold: int) -> str:
    if tokens > threshold:
        return f"{tokens:,} tokens > longContextThreshold {threshold:,}"
    last = situation.circumstances.last_input_tokens or 0
    on_the_side = situation.facts.is_subagent or situation.facts.background
    if last > threshold and tokens > _LAST_USAGE_COUNTS_ABOVE and not on_the_side:
        return f"the session's last answer read {last:,} tokens > longContextThreshold {threshold:,}"
    return ""


def _beyond_windows(situation: Situation, asked: tuple[Target, ...]) -> str:
    """Why none of the targets can read the request; "" when one can, or may."""
    reasons = []
    for target in asked:
        provider = provider_of(target, situation.config)
        window = provider.context_window_of(target.model) if provider else None
        tokens = situation.tokens_at(target)
        if window is None or tokens <= window:
            return ""
        reasons.append(f"{tokens:,} tokens > context window {window:,} of {target}")
    return "; ".join(reasons)


def _example(config: Config) -> str:
    for provider in config.providers:
        if provider.models:
            return f'For example "{provider.name},{provider.models[0]}".'
    return "No provider with models is configured yet."
