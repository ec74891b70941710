"""The configuration as types: Claude Code Router's keys under its own spelling, and the few that this gateway adds.

Names that are not known are kept (`model_extra`). Every value is immutable; a changed file makes a new `Config`.
Build one from a mapping with `Config.model_validate({...})`; `load` does so for a file and reports every problem.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any, Literal, get_args
from urllib.parse import urlsplit

from pydantic import (
    AfterValidator,
    AliasChoices,
    BeforeValidator,
    Field,
    NonNegativeFloat,
    NonNegativeInt,
    PositiveInt,
    WithJsonSchema,
    model_validator,
)

from ccr_proxy.config.base import Model, OptionalText
from ccr_proxy.config.router import ROUTE_NAMES, Fallback, Router

__all__ = ["PROTOCOLS", "PROXY_KEYS", "ROUTE_NAMES", "Config", "Provider", "Router", "TransformerUse"]

Protocol = Literal["openai-chat", "openai-responses", "gemini", "anthropic", "demo"]
PROTOCOLS: tuple[str, ...] = get_args(Protocol)

# Claude Code Router reads the upstream proxy from these configuration keys, in this order.
PROXY_KEYS = ("HTTPS_PROXY", "https_proxy", "httpsProxy", "PROXY_URL")


def _http_url(value: str) -> str:
    parts = urlsplit(value)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError("must be an address that begins with http:// or https://")
    return value


HttpUrl = Annotated[str, AfterValidator(_http_url)]


@dataclass(frozen=True, slots=True)
class TransformerUse:
    """One transformer by its registered name, with its options."""

    name: str
    options: dict[str, Any]


def _transformer_use(value: Any) -> Any:
    if isinstance(value, str):
        return TransformerUse(value, {})
    if isinstance(value, list | tuple) and value and isinstance(value[0], str):
        options = value[1] if len(value) > 1 else {}
        if len(value) <= 2 and isinstance(options, dict):
            return TransformerUse(value[0], options)
    if isinstance(value, TransformerUse):
        return value
    raise ValueError('must be a transformer\'s name or ["name", {options}]')


_TRANSFORMER_USE_SCHEMA: dict[str, Any] = {
    "anyOf": [
        {"type": "string", "minLength": 1},
        {
            "type": "array",
            "prefixItems": [{"type": "string", "minLength": 1}, {"type": "object"}],
            "items": False,
            "minItems": 1,
        },
    ]
}
UseList = tuple[
    Annotated[TransformerUse, BeforeValidator(_transformer_use), WithJsonSchema(_TRANSFORMER_USE_SCHEMA)], ...
]


class ModelTransformer(Model):
    """The transformers of one model."""

    use: UseList = ()


class ProviderTransformer(Model):
    """`{"use": [...], "<model>": {"use": [...]}}`: transformers of the provider and, beside them, of single models."""

    __pydantic_extra__: dict[str, ModelTransformer] = Field(init=False)

    use: UseList = ()

    def for_model(self, model: str) -> tuple[TransformerUse, ...]:
        """The additional transformers of `model`; they come after the provider's own."""
        own = self.__pydantic_extra__.get(model)
        return own.use if own else ()

    def of_models(self) -> dict[str, ModelTransformer]:
        """The additional transformers of every model that has some."""
        return dict(self.__pydantic_extra__)


class ModelSettings(Model):
    """What is known of one model, in tokens: the most it may answer, the most it can read."""

    max_tokens: PositiveInt | None = None
    context_window: PositiveInt | None = None


class Provider(Model):
    """Where models are: an address, a key, and the models' names.

    `api_base_url` is the full address that requests go to, as in Claude Code Router. The built-in `demo` protocol
    needs neither address nor key.
    """

    name: str = Field(min_length=1)
    api_base_url: HttpUrl
    api_key: str = Field(min_length=1, repr=False)
    models: tuple[str, ...] = ()
    transformer: ProviderTransformer = ProviderTransformer()
    tokenizer: dict[str, Any] | None = None
    protocol: Protocol | None = None
    headers: dict[str, str] = Field(default_factory=dict, repr=False)
    max_tokens: PositiveInt | None = None
    model_settings: dict[str, ModelSettings] = Field(default_factory=dict)

    @model_validator(mode="before")
    @classmethod
    def _unset_keys_do_not_count(cls, data: Any) -> Any:
        """null, or "" where text is optional, means "not set"; the demo needs neither address nor key."""
        if not isinstance(data, dict):
            return data
        required = ("name", "api_base_url", "api_key")
        given = {key: value for key, value in data.items() if value is not None and (value != "" or key in required)}
        demo = {"api_base_url": "http://demo.invalid", "api_key": "demo"}
        return demo | given if given.get("protocol") == "demo" else given

    def find_model(self, name: str) -> str | None:
        """The model's name as configured; letter case does not matter unless two names differ only in it."""
        if name in self.models:
            return name
        return next((model for model in self.models if model.casefold() == name.casefold()), None)

    def max_tokens_of(self, model: str) -> int | None:
        """The most tokens `model` may answer with, if the configuration says so."""
        settings = self.model_settings.get(model)
        return (settings.max_tokens if settings else None) or self.max_tokens

    def context_window_of(self, model: str) -> int | None:
        """The most tokens `model` can read, if the configuration says so."""
        settings = self.model_settings.get(model)
        return settings.context_window if settings else None


class Timeouts(Model):
    """How long to wait, in milliseconds: for a provider (0 waits for ever), and for the user's own router.

    The first byte and each pause may take ten minutes: models that think for minutes send nothing meanwhile, and ten
    minutes is Claude Code's own default for a whole request (API_TIMEOUT_MS).
    """

    connect_ms: NonNegativeInt = 30_000
    first_byte_ms: NonNegativeInt = 600_000
    idle_ms: NonNegativeInt = 600_000
    custom_router_ms: PositiveInt = 2_000


class ModelPrice(Model):
    """US dollars for a million tokens; without a price of its own the cache costs as input."""

    input: NonNegativeFloat
    output: NonNegativeFloat
    cache_read: NonNegativeFloat | None = None
    cache_write: NonNegativeFloat | None = None
    cache_write_1h: NonNegativeFloat | None = None


class UsageSettings(Model):
    """What is written down about finished requests, for how many days that is kept, and prices by provider and model
    that replace those of the table."""

    record: bool = True
    keep_days: PositiveInt = 400
    prices: dict[str, dict[str, ModelPrice]] = Field(default_factory=dict)


class Config(Model):
    """The whole configuration. Default values are Claude Code Router's, except that nothing ever listens openly."""

    host: str = Field(default="127.0.0.1", validation_alias="HOST")
    port: int = Field(default=3456, ge=0, le=65_535, validation_alias="PORT")
    api_key: OptionalText = Field(default=None, validation_alias="APIKEY", repr=False)
    providers: tuple[Provider, ...] = Field(default=(), validation_alias=AliasChoices("Providers", "providers"))
    router: Router = Field(default=Router(), validation_alias="Router")
    fallback: Fallback = Field(default_factory=dict)
    proxy_url: OptionalText = Field(default=None, validation_alias=AliasChoices(*PROXY_KEYS), repr=False)
    api_timeout_ms: PositiveInt = Field(default=600_000, validation_alias="API_TIMEOUT_MS")
    timeouts: Timeouts = Timeouts()
    usage: UsageSettings = UsageSettings()
    log: bool = Field(default=True, validation_alias="LOG")
    log_level: str = Field(default="info", validation_alias="LOG_LEVEL")
    custom_router_path: OptionalText = Field(default=None, validation_alias="CUSTOM_ROUTER_PATH")
    rewrite_system_prompt: OptionalText = Field(default=None, validation_alias="REWRITE_SYSTEM_PROMPT")
    transformers: tuple[dict[str, Any], ...] = ()
    force_use_image_agent: bool = Field(default=False, validation_alias="forceUseImageAgent")
    claude_path: OptionalText = Field(default=None, validation_alias="CLAUDE_PATH")
    non_interactive_mode: bool = Field(default=False, validation_alias="NON_INTERACTIVE_MODE")

    @model_validator(mode="before")
    @classmethod
    def _unset_keys_do_not_count(cls, data: Any) -> Any:
        """The router's settings page writes "" for "not set"; the default, or a key's other spelling, counts then."""
        return (
            {key: value for key, value in data.items() if value not in (None, "")} if isinstance(data, dict) else data
        )

    def provider(self, name: str) -> Provider | None:
        """The provider of that name; letter case does not matter. Of equal names the last counts."""
        latest_first = self.providers[::-1]
        for provider in latest_first:
            if provider.name == name:
                return provider
        folded = name.casefold()
        return next((provider for provider in latest_first if provider.name.casefold() == folded), None)

    def target(self, text: str) -> tuple[Provider, str] | None:
        """Provider and model that "provider,model" names; None when there is no comma or no such provider.

        A configured model comes back in its configured spelling; any other name is taken as it is, because providers
        have more models than a configuration lists. Model names may hold commas, provider names not.
        """
        name, comma, model = (part.strip() for part in text.partition(","))
        provider = self.provider(name) if comma and model else None
        return (provider, provider.find_model(model) or model) if provider else None

    def listed_target(self, text: str) -> tuple[Provider, str] | None:
        """As `target`, but only a model that the provider lists, or any model of a provider that lists none; a model's
        name alone is found too."""
        found = self.target(text)
        if found is None:
            provider = self.provider_of_model(text.strip())
            return (provider, provider.find_model(text.strip()) or text.strip()) if provider else None
        return found if not found[0].models or found[0].find_model(found[1]) else None

    def has_model(self, name: str) -> bool:
        """Whether any provider lists a model of that name."""
        return self.provider_of_model(name) is not None

    def provider_of_model(self, name: str) -> Provider | None:
        """The first provider that lists a model of that name."""
        return next((provider for provider in self.providers if provider.find_model(name)), None)
