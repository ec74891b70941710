"""`openrouter` and `vercel`: gateways that serve every maker's models.

Options become request fields, above all `provider` (https://openrouter.ai/docs/features/provider-routing) and
`providerOptions` (https://vercel.com/docs/ai-gateway). Reasoning is asked for with a `reasoning` object, and cache
marks stay for the models that read them.
"""

from __future__ import annotations

from dataclasses import replace

from ccr_proxy.json_codec import JsonObject
from ccr_proxy.protocols.model_profile import ModelProfile
from ccr_proxy.transformers.reasoning import wants_thinking
from ccr_proxy.transformers.transformer import Context, Transformer


def _profile(profile: ModelProfile, model: str, _options: JsonObject) -> ModelProfile:
    return replace(profile, reasoning="object", cache_control="claude" in model.lower())


def _request(body: JsonObject, context: Context, options: JsonObject) -> JsonObject:
    body = {**body, **options}
    # Models that cannot but think refuse to be told not to, so only a client that says so does.
    wanted = wants_thinking(context.asked)
    if body.get("reasoning") == {"enabled": False} and wanted is not False and "reasoning" not in options:
        del body["reasoning"]
        if wanted:
            body["reasoning"] = {"enabled": True}
    return body


OPENROUTER = Transformer("openrouter", takes_any_option=True, profile=_profile, request=_request)
VERCEL = Transformer("vercel", takes_any_option=True, profile=_profile, request=_request)
