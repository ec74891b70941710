"""`Router` and `fallback`: which targets a kind of request goes to."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BeforeValidator, Field, PlainValidator, PositiveInt, ValidationInfo, WithJsonSchema
from pydantic_core import PydanticCustomError

from ccr_proxy.config.base import Model, none_if_blank
from ccr_proxy.config.json_path import JsonPath
from ccr_proxy.config.problems import Findings
from ccr_proxy.config.rules import Rule, parse_rules
from ccr_proxy.config.target_set import FALLBACK_SCHEMA, TARGET_SET_SCHEMA, TargetSet, parse_target_set


def _threshold(value: Any) -> Any:
    """Zero and "" mean the default, as in Claude Code Router."""
    return 60_000 if value in (0, "", None) else value


# Names of the routes in the file, and of the fields of `Router` that hold them.
ROUTE_NAMES = {
    "default": "default_targets",
    "background": "background_targets",
    "think": "think_targets",
    "longContext": "long_context_targets",
    "webSearch": "web_search_targets",
    "image": "image_targets",
}
_NAME_OF_FIELD = {field: name for name, field in ROUTE_NAMES.items()}


def _route(value: Any, info: ValidationInfo) -> TargetSet | None:
    if isinstance(value, TargetSet) or none_if_blank(value) is None:
        return value if isinstance(value, TargetSet) else None
    return _targets(value, ("Router", _NAME_OF_FIELD[str(info.field_name)]))


def _targets(value: Any, path: JsonPath) -> TargetSet | None:
    findings = Findings()
    targets = parse_target_set(value, path, findings)
    if findings.found:
        raise _as_error(findings)
    return targets


def _as_error(findings: Findings) -> PydanticCustomError:
    """An error of pydantic that carries findings whose paths are already those of the file."""
    first = findings.found[0].message
    return PydanticCustomError("findings", "{message}", {"message": first, "findings": tuple(findings.found)})


def _fallback(value: Any) -> dict[str, tuple[str, ...]]:
    """Each value as for a route; a fallback is always tried in order, so only its names are kept."""
    if not isinstance(value, dict):
        raise ValueError('must be an object of routes and lists, such as {"default": ["provider,model"]}')
    findings = Findings()
    chains: dict[str, tuple[str, ...]] = {}
    for route, entry in value.items():
        if none_if_blank(entry) is None or entry == [] or entry == ():
            chains[route] = ()
        elif targets := parse_target_set(entry, ("fallback", route), findings):
            chains[route] = targets.names
            if targets.strategy != "ordered":
                findings.error(("fallback", route), "is tried in order; weights and strategies belong into the route")
    if findings.found:
        raise _as_error(findings)
    return chains


Fallback = Annotated[dict[str, tuple[str, ...]], PlainValidator(_fallback), WithJsonSchema(FALLBACK_SCHEMA)]


class ThinkWhen(Model):
    """What counts as asking for thinking, and so for the route `think`.

    words     in the last prompt, letter case aside
    efforts   values of `output_config.effort`
    plan_mode whether Claude Code's plan mode does
    budgets   whether a thinking budget does that the client does not choose by itself
    offered   whether the `thinking` field alone does, as in Claude Code Router; current clients always send it
    """

    words: tuple[str, ...] = (
        "ultrathink", "megathink", "think hard", "think harder", "think deeply", "深度思考", "仔细思考",
    )  # fmt: skip
    efforts: tuple[str, ...] = ("xhigh", "max")
    plan_mode: bool = True
    budgets: bool = True
    offered: bool = False


_RouteTargets = Annotated[TargetSet | None, PlainValidator(_route), WithJsonSchema(TARGET_SET_SCHEMA)]


class Router(Model):
    """Which targets a kind of request goes to; None where the route is not set.

    `default`, `background` and the others are the first "provider,model" of a route, `default_targets` and so on
    are all of it.
    """

    default_targets: _RouteTargets = Field(default=None, validation_alias="default")
    background_targets: _RouteTargets = Field(default=None, validation_alias="background")
    think_targets: _RouteTargets = Field(default=None, validation_alias="think")
    long_context_targets: _RouteTargets = Field(default=None, validation_alias="longContext")
    long_context_threshold: Annotated[PositiveInt, BeforeValidator(_threshold)] = Field(
        default=60_000, validation_alias="longContextThreshold"
    )
    long_context_thresholds: dict[str, PositiveInt] = Field(
        default_factory=dict, validation_alias="longContextThresholds"
    )
    web_search_targets: _RouteTargets = Field(default=None, validation_alias="webSearch")
    image_targets: _RouteTargets = Field(default=None, validation_alias="image")
    think_when: ThinkWhen = Field(default=ThinkWhen(), validation_alias="thinkWhen")
    rules: Annotated[tuple[Rule, ...], PlainValidator(parse_rules), WithJsonSchema({"type": "array"})] = ()

    @property
    def default(self) -> str | None:
        """The first target of the route `default`."""
        return _first(self.default_targets)

    @property
    def background(self) -> str | None:
        """The first target of the route `background`."""
        return _first(self.background_targets)

    @property
    def think(self) -> str | None:
        """The first target of the route `think`."""
        return _first(self.think_targets)

    @property
    def long_context(self) -> str | None:
        """The first target of the route `longContext`."""
        return _first(self.long_context_targets)

    @property
    def web_search(self) -> str | None:
        """The first target of the route `webSearch`."""
        return _first(self.web_search_targets)

    @property
    def image(self) -> str | None:
        """The first target of the route `image`."""
        return _first(self.image_targets)

    def target_sets(self) -> dict[str, TargetSet]:
        """The routes that are set, under the names they have in the file."""
        sets = {name: getattr(self, field) for name, field in ROUTE_NAMES.items()}
        return {name: targets for name, targets in sets.items() if targets is not None}

    def routes(self) -> dict[str, str]:
        """As `target_sets`, in words for people; a route of one target is its "provider,model"."""
        return {name: str(targets) for name, targets in self.target_sets().items()}

    def threshold_for(self, route: str) -> int:
        """Above how many tokens a request that would go to `route` goes to `longContext`."""
        return self.long_context_thresholds.get(route, self.long_context_threshold)


def _first(targets: TargetSet | None) -> str | None:
    return targets.names[0] if targets else None
