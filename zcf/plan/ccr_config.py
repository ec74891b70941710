"""The gateway's configuration: a fresh one, or additions to the one that is there, in place."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ccr_proxy.config.document import Document, JsonPath
from ccr_proxy.service.addresses import is_loopback
from zcf.plan.choice import Choice, ProviderEntry
from zcf.plan.documents import require_list, require_object, require_text
from zcf.plan.routes import ROUTE_NAMES, Routes, routes_to
from zcf.presets import PresetModel

# What ZCF writes into every configuration and documents; the key of a configuration that has none.
DOCUMENTED_KEY = "sk-zcf-x-ccr"
DEFAULT_HOST = "127.0.0.1"
LONG_CONTEXT_THRESHOLD = 60_000


@dataclass(frozen=True, slots=True)
class GatewaySettings:
    """Host, port and access key; None leaves what is there. `fresh_key` goes into a configuration that is new."""

    host: str | None
    port: int | None
    key: str | None
    fresh_key: str


def edited(document: Document, choice: Choice, settings: GatewaySettings, *, fresh: bool) -> Document:
    """The configuration as it shall be. Raises Refusal where a value is not of the type it must have."""
    require_object(document, ("Router",))
    if settings.key is None:
        require_text(document, ("APIKEY",))
    if fresh:
        document = _with_basics(document, settings)
    document = _with_settings(document, settings)
    before = document
    for entry in choice.providers:
        document = _with_provider(document, entry)
    return _with_routes(document, choice, before)


def _with_basics(document: Document, settings: GatewaySettings) -> Document:
    basics = {"LOG": True, "LOG_LEVEL": "info", "HOST": DEFAULT_HOST, "PORT": settings.port}
    basics |= {"APIKEY": settings.fresh_key, "API_TIMEOUT_MS": 600_000}
    for name, value in basics.items():
        document = document.with_value((name,), value)
    return document


def _with_settings(document: Document, settings: GatewaySettings) -> Document:
    wanted: dict[str, Any] = {"HOST": settings.host, "PORT": settings.port, "APIKEY": settings.key}
    for name, value in wanted.items():
        # A port may stand there as text; the same port is no reason to rewrite it.
        if value is not None and str(document.get((name,))) != str(value):
            document = document.with_value((name,), value)
    if not document.get(("APIKEY",)):
        # Without a key the gateway stayed on this machine whatever HOST said; a key that everybody can read in the
        # documentation must not change that.
        local = is_loopback(str(document.get(("HOST",)) or DEFAULT_HOST))
        document = document.with_value(("APIKEY",), DOCUMENTED_KEY if local else settings.fresh_key)
    return document


def providers_path(document: Document) -> JsonPath:
    """Under which of its two spellings the provider list stands; the capitalised one wins."""
    if not document.has(("Providers",)) and document.has(("providers",)):
        return ("providers",)
    return ("Providers",)


def place_of(document: Document, name: str) -> JsonPath | None:
    """Where the provider of that name stands; letter case does not matter. Raises Refusal if there is no list."""
    listing = providers_path(document)
    require_list(document, listing)
    for index, provider in enumerate(document.get(listing) or ()):
        present = provider.get("name") if isinstance(provider, dict) else None
        if isinstance(present, str) and present.casefold() == name.casefold():
            return (*listing, index)
    return None


def models_at(document: Document, place: JsonPath) -> tuple[str, ...]:
    """The models that a provider entry lists."""
    require_list(document, (*place, "models"))
    return tuple(model for model in document.get((*place, "models")) or () if isinstance(model, str))


def _with_provider(document: Document, entry: ProviderEntry) -> Document:
    place = place_of(document, entry.name)
    if place is not None:
        return _updated(document, place, entry)
    listing = providers_path(document)
    present: list[Any] = document.get(listing) or []
    if not present:
        return document.with_value(listing, [_new_provider(entry)])
    return document.with_value((*listing, len(present)), _new_provider(entry))


def _new_provider(entry: ProviderEntry) -> dict[str, Any]:
    provider: dict[str, Any] = {"name": entry.name}
    # The demo answers inside the gateway: it has no address and needs no key.
    if entry.protocol != "demo":
        provider |= {"api_base_url": entry.api_base_url, "api_key": entry.api_key}
    provider |= {"models": [model.id for model in entry.models], "protocol": entry.protocol}
    settings = {model.id: limits for model in entry.models if (limits := _limits(model))}
    if settings:
        provider["model_settings"] = settings
    # A tweak belongs to the preset's own endpoint; another address may be another server.
    if entry.preset.transformer and not entry.api_url_given:
        provider["transformer"] = entry.preset.transformer
    return provider


def _limits(model: PresetModel) -> dict[str, int]:
    limits = {"context_window": model.context_window, "max_tokens": model.max_output_tokens}
    return {name: tokens for name, tokens in limits.items() if tokens is not None}


def _updated(document: Document, place: JsonPath, entry: ProviderEntry) -> Document:
    """An entry of the user's keeps everything but what the flags say, and is completed where it lacks something."""
    if entry.api_url_given or not document.get((*place, "api_base_url")):
        document = document.with_value((*place, "api_base_url"), entry.api_base_url)
        if document.has((*place, "protocol")):
            document = document.with_value((*place, "protocol"), entry.protocol)
    if entry.api_key is not None and (entry.key_given or not document.get((*place, "api_key"))):
        document = document.with_value((*place, "api_key"), entry.api_key)
    models = models_at(document, place)
    if not models:
        return document.with_value((*place, "models"), [model.id for model in entry.models])
    for model in entry.asked_models:
        if model not in models:
            end = len(document.get((*place, "models")))
            document = document.with_value((*place, "models", end), model)
    return document


def _with_routes(document: Document, choice: Choice, known_before: Document) -> Document:
    """Lead every route to the chosen provider, unless the default route does already and no model was asked for."""
    if not choice.providers:
        return document
    first = choice.providers[0]
    current = document.get(("Router", "default"))
    if isinstance(current, str) and not choice.model_given and _leads_to(current, first):
        return document
    place = place_of(known_before, first.name)
    own_models = models_at(known_before, place) if place else ()
    if own_models and not choice.model_given:
        return _with_all_routes(document, routes_to(str(known_before.get((*(place or ()), "name"))), own_models[0]))
    return _with_all_routes(document, choice.routes) if choice.routes else document


def _leads_to(target: str, entry: ProviderEntry) -> bool:
    return target.partition(",")[0].strip().casefold() == entry.name.casefold()


def _with_all_routes(document: Document, routes: Routes) -> Document:
    if not document.get(("Router",)):
        return document.with_value(("Router",), {**routes, "longContextThreshold": LONG_CONTEXT_THRESHOLD})
    for name in ROUTE_NAMES:
        document = document.with_value(("Router", name), routes[name])
    return document
