"""Names that only say which wire format a provider speaks; `protocols.registry` reads them, and there is nothing more
to do here."""

from __future__ import annotations

from ccr_proxy.transformers.transformer import Transformer

OPENAI = Transformer("OpenAI")
OPENAI_RESPONSES = Transformer("openai-responses")
GEMINI = Transformer("gemini")
