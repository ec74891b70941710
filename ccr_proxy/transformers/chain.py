"""The transformers of one provider and model, applied one after another.

What goes out passes the provider's list first, then the model's. What comes back passes them from the other end, so
that each transformer stands between its neighbours in both directions.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from ccr_proxy.json_codec import JsonObject
from ccr_proxy.protocols.answer_sink import AnswerSink
from ccr_proxy.protocols.model_profile import ModelProfile
from ccr_proxy.transformers.mended_arguments import MendingSink
from ccr_proxy.transformers.registry import BUILT_IN
from ccr_proxy.transformers.transformer import Context, Transformer, Use
from ccr_proxy.transformers.values import options_of


@dataclass(frozen=True, slots=True)
class Step:
    """A transformer with its options, in their types."""

    transformer: Transformer
    options: JsonObject


@dataclass(frozen=True, slots=True)
class TransformerChain:
    """Immutable, so that all requests to a model can share one."""

    steps: tuple[Step, ...] = ()

    @property
    def changes_request(self) -> bool:
        """Whether a body may differ from what the protocol alone would send."""
        return any(step.transformer.conversation or step.transformer.request for step in self.steps)

    @property
    def changes_answer(self) -> bool:
        """Whether an answer must be decoded even where both sides speak Anthropic."""
        return any(step.transformer.answer for step in self.steps)

    def profile(self, profile: ModelProfile, model: str) -> ModelProfile:
        """What the model takes, as the transformers know it."""
        for step in self.steps:
            if step.transformer.profile:
                profile = step.transformer.profile(profile, model, step.options)
        return profile

    def conversation(self, body: JsonObject, context: Context) -> JsonObject:
        """The request in Anthropic's words, to be encoded."""
        for step in self.steps:
            if step.transformer.conversation:
                body = step.transformer.conversation(body, context, step.options)
        return body

    def request(self, body: JsonObject, context: Context) -> JsonObject:
        """The encoded body, to be sent."""
        for step in self.steps:
            if step.transformer.request:
                body = step.transformer.request(body, context, step.options)
        return body

    def url(self, url: str, context: Context) -> str:
        """The address to ask. Raises GatewayError when something is missing for it."""
        for step in self.steps:
            if step.transformer.url:
                url = step.transformer.url(url, context, step.options)
        return url

    def headers(self, headers: Mapping[str, str]) -> dict[str, str]:
        """The headers that name the key."""
        changed = dict(headers)
        for step in self.steps:
            if step.transformer.headers:
                changed = step.transformer.headers(changed, step.options)
        return changed

    def answer(self, sink: AnswerSink, context: Context) -> AnswerSink:
        """The sink for a decoder to report to, so that `sink` hears the transformed answer, with arguments mended."""
        if context.asked.get("tools"):
            sink = MendingSink(sink, context)
        for step in self.steps:
            if step.transformer.answer:
                sink = step.transformer.answer(sink, context, step.options)
        return sink


def chain_for(
    provider_uses: Iterable[Use], model_uses: Iterable[Use], known: Mapping[str, Transformer] = BUILT_IN
) -> TransformerChain:
    """The chain of a model: its provider's transformers, then its own. `known` is keyed by `str.casefold` of the names.

    Names that are not known have no step: `checks.faults_in` has told the user about them.
    """
    uses = [*provider_uses, *model_uses]
    found = [(known[use.name.casefold()], use.options) for use in uses if use.name.casefold() in known]
    return TransformerChain(tuple(Step(transformer, options_of(transformer, given)) for transformer, given in found))
