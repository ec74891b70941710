"""The list of transformers: those of Claude Code Router 1.x and 2.x, in the order of the documentation."""

from __future__ import annotations

from ccr_proxy.transformers.anthropic import ANTHROPIC
from ccr_proxy.transformers.cerebras import CEREBRAS
from ccr_proxy.transformers.cleancache import CLEANCACHE
from ccr_proxy.transformers.customparams import CUSTOMPARAMS
from ccr_proxy.transformers.deepseek import DEEPSEEK
from ccr_proxy.transformers.enhancetool import ENHANCETOOL
from ccr_proxy.transformers.extrathinktag import EXTRATHINKTAG
from ccr_proxy.transformers.forcereasoning import FORCEREASONING
from ccr_proxy.transformers.groq import GROQ
from ccr_proxy.transformers.markers import GEMINI, OPENAI, OPENAI_RESPONSES
from ccr_proxy.transformers.openrouter import OPENROUTER, VERCEL
from ccr_proxy.transformers.output_limits import MAXCOMPLETIONTOKENS, MAXTOKEN
from ccr_proxy.transformers.reasoning import REASONING
from ccr_proxy.transformers.sampling import SAMPLING
from ccr_proxy.transformers.streamoptions import STREAMOPTIONS
from ccr_proxy.transformers.tooluse import TOOLUSE
from ccr_proxy.transformers.transformer import Transformer, by_name
from ccr_proxy.transformers.vertex import VERTEX_CLAUDE, VERTEX_GEMINI, VERTEX_OPENAI

TRANSFORMERS: tuple[Transformer, ...] = (
    ANTHROPIC,
    OPENAI,
    OPENAI_RESPONSES,
    GEMINI,
    VERTEX_GEMINI,
    VERTEX_CLAUDE,
    VERTEX_OPENAI,
    DEEPSEEK,
    OPENROUTER,
    VERCEL,
    GROQ,
    CEREBRAS,
    MAXTOKEN,
    MAXCOMPLETIONTOKENS,
    SAMPLING,
    CUSTOMPARAMS,
    STREAMOPTIONS,
    CLEANCACHE,
    REASONING,
    EXTRATHINKTAG,
    FORCEREASONING,
    TOOLUSE,
    ENHANCETOOL,
)

BUILT_IN = by_name(TRANSFORMERS)

# Names that are found in configurations though Claude Code Router 2 has no transformer behind them, and what to do.
RETIRED = {
    "gemini-cli": 'it signs in with a Google account, which this gateway does not; use "gemini" with an API key',
    "qwen-cli": "it signs in with a Qwen account, which this gateway does not; use an API key and no transformer",
    "chutes-glm": 'use "extrathinktag" and "enhancetool"',
    "rovo-cli": "it was a plugin; write it in Python and name the file in `transformers`",
}
