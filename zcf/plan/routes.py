"""Which model each kind of request goes to, as the configuration's `Router` spells it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from zcf.presets import Preset, PresetModel

# The routes that get a model; `image` is left out, because without it images go to the model of the conversation.
ROUTE_NAMES = ("default", "background", "think", "longContext", "webSearch")

# Route name to "provider,model".
Routes = Mapping[str, str]


def routes_to(provider: str, model: str) -> Routes:
    """Every route to one model."""
    return dict.fromkeys(ROUTE_NAMES, f"{provider},{model}")


def routes_of_preset(preset: Preset, models: Sequence[PresetModel]) -> Routes | None:
    """The preset's own routes, the first model where it says nothing; None when no model is known."""
    if not models:
        return None
    known = {model.id for model in models}
    wanted = {name: model for name, model in preset.routes.items() if model in known}
    default = wanted.get("default", models[0].id)
    return {name: f"{preset.id},{wanted.get(name, default)}" for name in ROUTE_NAMES}
