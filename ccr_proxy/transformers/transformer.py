"""What a transformer is: a name, its options, and up to six pure functions, one for each thing it may change."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal, Protocol

from ccr_proxy.json_codec import JsonObject
from ccr_proxy.protocols.answer_sink import AnswerSink
from ccr_proxy.protocols.model_profile import ModelProfile

OptionKind = Literal["whole number", "number", "true or false", "text"]


class Use(Protocol):
    """One entry of a `use` list (`config.schema.TransformerUse`): a name, and the options as the file has them."""

    @property
    def name(self) -> str: ...
    @property
    def options(self) -> Mapping[str, object]: ...


@dataclass(frozen=True, slots=True)
class Option:
    """An option by its name in the configuration file; `meaning` is what it sets. `missing` says why it has no effect
    here, and what to do, where that is so."""

    name: str
    kind: OptionKind
    meaning: str
    missing: str = ""


def _keep_to_yourself(_: str) -> None:
    """Where nobody wants to know."""


@dataclass(frozen=True, slots=True)
class Context:
    """One request on its way to one model.

    protocol: the wire protocol's name (`protocols.registry`)
    asked: the client's request in Anthropic's words; not to be changed
    environ: environment variables that a transformer may read
    note: told, in one sentence, what a transformer did that the request's trace should show
    """

    provider: str
    model: str
    protocol: str
    asked: JsonObject
    environ: Mapping[str, str] = field(default_factory=dict)
    note: Callable[[str], None] = _keep_to_yourself


@dataclass(frozen=True, slots=True)
class Transformer:
    """A named tweak. Its functions never change what they are given; the last argument is always the options, with
    their values already of the right type (`values.converted`).

    profile: what the model takes, given its name
    conversation: the request in Anthropic's words, before it is encoded; the same for every protocol
    request: the encoded body, in the provider's words
    url, headers: where the request goes, and how it names its key
    answer: an AnswerSink in front of the given one
    """

    name: str
    options: tuple[Option, ...] = ()
    takes_any_option: bool = False
    profile: Callable[[ModelProfile, str, JsonObject], ModelProfile] | None = None
    conversation: Callable[[JsonObject, Context, JsonObject], JsonObject] | None = None
    request: Callable[[JsonObject, Context, JsonObject], JsonObject] | None = None
    url: Callable[[str, Context, JsonObject], str] | None = None
    headers: Callable[[dict[str, str], JsonObject], dict[str, str]] | None = None
    answer: Callable[[AnswerSink, Context, JsonObject], AnswerSink] | None = None


def by_name(transformers: tuple[Transformer, ...]) -> dict[str, Transformer]:
    """The transformers by their names without regard to letter case; of equal names the last counts."""
    return {transformer.name.casefold(): transformer for transformer in transformers}
