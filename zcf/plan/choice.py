"""Which provider Claude Code shall run on: from flags, else what is configured, else what this machine offers.

The order: a provider named by flags; a usable configuration (kept as it is); keys in the environment; a model server on
this machine; the built-in demo. A configuration that holds nothing but the demo gives way to the third and fourth.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from urllib.parse import urlsplit, urlunsplit

from zcf.errors import wrong_use
from zcf.facts import FoundKey, FoundServer
from zcf.plan.routes import ROUTE_NAMES, Routes, routes_of_preset, routes_to
from zcf.presets import Preset, PresetModel, find_preset

MODELS_LISTED = 30


class Origin(Enum):
    """Where the choice came from."""

    FLAGS = "flags"
    CHOSEN = "chosen"
    KEPT = "kept"
    ENVIRONMENT = "environment"
    LOCAL = "local"
    DEMO = "demo"


@dataclass(frozen=True, slots=True)
class Wish:
    """What the command line or the wizard says about the provider; every field may be missing.

    `models` is a model for each route (`routes.ROUTE_NAMES`), instead of one `model` for all; `served` are the models
    that the provider itself lists.
    """

    provider: str | None = None
    api_key: str | None = None
    api_key_env: str | None = None
    model: str | None = None
    api_url: str | None = None
    models: Mapping[str, str] = field(default_factory=dict)
    served: tuple[str, ...] = ()
    origin: Origin = Origin.FLAGS

    @property
    def names_a_provider(self) -> bool:
        """Whether the flags choose a provider, by name or by address."""
        return self.provider is not None or self.api_url is not None

    @property
    def asked_models(self) -> tuple[str, ...]:
        """The models that were chosen, each once, that of the default route first."""
        return tuple(dict.fromkeys([self.model] if self.model else self.models.values()))


@dataclass(frozen=True, slots=True)
class ProviderEntry:
    """A provider as it shall stand in the configuration.

    `api_url_given`, `asked_models` and `key_given` tell what an existing entry of that name must take over; the rest
    only matters for a new one. `api_key` is None when no key was given or found.
    """

    preset: Preset
    name: str
    api_base_url: str
    api_url_given: bool
    protocol: str
    api_key: str | None
    key_given: bool
    models: tuple[PresetModel, ...]
    asked_models: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Choice:
    """The providers to write, the first being the default, and the routes; both empty when everything is kept."""

    origin: Origin
    providers: tuple[ProviderEntry, ...] = ()
    routes: Routes | None = None
    model_given: bool = False


@dataclass(frozen=True, slots=True)
class Offers:
    """What the machine offers."""

    presets: Sequence[Preset]
    keys: Sequence[FoundKey]
    servers: Sequence[FoundServer]


def check_wish(wish: Wish) -> None:
    """Refuse flags that make no sense together. Raises Refusal (wrong use)."""
    if wish.api_key is not None and wish.api_key_env is not None:
        raise wrong_use("flags.two_keys")
    if wish.names_a_provider:
        return
    given = {"--api-key": wish.api_key, "--api-key-env": wish.api_key_env, "--model": wish.model}
    for flag, value in given.items():
        if value is not None:
            raise wrong_use("flags.needs_provider", flag=flag)


def choose(wish: Wish, offers: Offers, *, usable: bool, only_demo: bool, force: bool) -> Choice:
    """Decide. `usable` and `only_demo` describe the present configuration. Raises Refusal (wrong use)."""
    if wish.names_a_provider:
        return _from_flags(wish, offers)
    if usable and not only_demo and not force:
        return Choice(Origin.KEPT)
    # A relay whose models nobody knows needs --model, so its key alone chooses nothing.
    keys = [key for key in offers.keys if key.preset.models]
    if keys:
        return _chosen(Origin.ENVIRONMENT, [_entry_of_key(key) for key in keys])
    if offers.servers:
        return _chosen(Origin.LOCAL, [_entry_of_server(offers.servers[0], offers.presets)])
    if usable and not force:
        return Choice(Origin.KEPT)
    demo = find_preset(offers.presets, "demo")
    return _chosen(Origin.DEMO, [_entry(demo, demo.placeholder_key, key_given=False)])


def _chosen(origin: Origin, entries: Sequence[ProviderEntry]) -> Choice:
    return Choice(origin, tuple(entries), routes_of_preset(entries[0].preset, entries[0].models))


def _from_flags(wish: Wish, offers: Offers) -> Choice:
    preset = find_preset(offers.presets, wish.provider or "custom")
    url = checked_url(wish.api_url) if wish.api_url is not None else preset.api_base_url
    if not url:
        raise wrong_use("flags.needs_url", provider=preset.id)
    protocol = _protocol_of(url, preset) if wish.api_url is not None else preset.protocol
    served = next((server.models for server in offers.servers if server.preset_id == preset.id), ())
    entry = ProviderEntry(
        preset=preset,
        name=preset.id,
        api_base_url=_whole_endpoint(url, protocol) if wish.api_url is not None else url,
        api_url_given=wish.api_url is not None,
        protocol=protocol,
        api_key=_key_of(wish, preset, offers),
        key_given=wish.api_key is not None or wish.api_key_env is not None,
        models=_models_of(wish, preset, wish.served or (served if wish.api_url is None else ())),
        asked_models=wish.asked_models,
    )
    return Choice(wish.origin, (entry,), _routes_of(wish, preset, entry.models), model_given=bool(wish.asked_models))


def _routes_of(wish: Wish, preset: Preset, models: Sequence[PresetModel]) -> Routes | None:
    if wish.models:
        default = wish.models["default"]
        return {name: f"{preset.id},{wish.models.get(name, default)}" for name in ROUTE_NAMES}
    return routes_to(preset.id, wish.model) if wish.model else routes_of_preset(preset, models)


def _key_of(wish: Wish, preset: Preset, offers: Offers) -> str | None:
    if wish.api_key is not None:
        if not wish.api_key.strip():
            raise wrong_use("flags.empty", flag="--api-key")
        return wish.api_key.strip()
    if wish.api_key_env is not None:
        return reference(wish.api_key_env)
    found = {name for key in offers.keys if key.preset.vendor == preset.vendor for name in (key.variable, *key.also)}
    variable = next((name for name in preset.api_key_env if name in found), None)
    return reference(variable) if variable else preset.placeholder_key


def _models_of(wish: Wish, preset: Preset, served: Sequence[str]) -> tuple[PresetModel, ...]:
    models = preset.models or tuple(PresetModel(name, None, None) for name in served[:MODELS_LISTED])
    known = {model.id for model in models}
    return (*(PresetModel(name, None, None) for name in wish.asked_models if name not in known), *models)


def _entry_of_key(found: FoundKey) -> ProviderEntry:
    return _entry(found.preset, reference(found.variable), key_given=True)


def _entry_of_server(server: FoundServer, presets: Sequence[Preset]) -> ProviderEntry:
    preset = find_preset(presets, server.preset_id)
    models = tuple(PresetModel(name, None, None) for name in server.models[:MODELS_LISTED])
    url = f"{server.base_url}/v1/chat/completions"
    return ProviderEntry(preset, preset.id, url, False, preset.protocol, preset.placeholder_key, False, models)


def _entry(preset: Preset, key: str | None, *, key_given: bool) -> ProviderEntry:
    return ProviderEntry(preset, preset.id, preset.api_base_url, False, preset.protocol, key, key_given, preset.models)


def reference(variable: str) -> str:
    """How the configuration names an environment variable. Raises Refusal if it is no variable's name."""
    if not variable.isascii() or not variable.isidentifier():
        raise wrong_use("flags.no_variable", name=variable)
    # The bare form is read in upper case only; Claude Code Router does so too.
    return f"${variable}" if variable.isupper() else f"${{{variable}}}"


def checked_url(url: str) -> str:
    """The address if it is one. Raises Refusal (wrong use)."""
    stripped = url.strip()
    if not _is_http_address(stripped):
        raise wrong_use("flags.bad_url", url=url)
    return stripped


def _is_http_address(url: str) -> bool:
    try:
        parts = urlsplit(url)
        has_good_port = parts.port is None or parts.port > 0
    except ValueError:
        # A port that is no number, a bracket that is not closed.
        return False
    return (
        parts.scheme in ("http", "https") and bool(parts.hostname) and has_good_port and not set(url) & set(" \t\r\n")
    )


def _protocol_of(url: str, preset: Preset) -> str:
    """A whole Anthropic endpoint says so; everything else speaks what the preset speaks."""
    path = urlsplit(url).path.rstrip("/")
    if path.endswith(("/v1/messages", "/anthropic")):
        return "anthropic"
    if path.endswith("/chat/completions"):
        return "openai-chat"
    if path.endswith("/responses"):
        return "openai-responses"
    return preset.protocol


_ENDPOINTS: Mapping[str, str] = {
    "openai-chat": "/chat/completions",
    "openai-responses": "/responses",
    "anthropic": "/messages",
}


def _whole_endpoint(url: str, protocol: str) -> str:
    """The configuration wants whole endpoints; people know base addresses: `https://host`, `https://host/v1`."""
    parts = urlsplit(url)
    path = parts.path.rstrip("/")
    ending = _ENDPOINTS.get(protocol)
    last = path.rpartition("/")[2]
    if ending is None or path.endswith(ending):
        return url
    if not path or (protocol == "anthropic" and last == "anthropic"):
        path += "/v1"
    elif not (last.startswith("v") and last[1:2].isdigit()):
        return url
    return urlunsplit(parts._replace(path=path + ending))
