"""The examples of docs/availability.md, each as a whole configuration."""

from __future__ import annotations

import re
from pathlib import Path

from ccr_proxy.config.document import Document, parse

PAGE = (Path(__file__).resolve().parents[3] / "docs" / "availability.md").read_text(encoding="utf-8")
SECTIONS = dict(re.findall(r"^## (.+?)\n(.*?)(?=^## |\Z)", PAGE, re.MULTILINE | re.DOTALL))
EXAMPLES = {
    title: example
    for title, text in SECTIONS.items()
    for example in re.findall(r"^```json5?\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
}
ENVIRON = {"OPENAI_A": "sk-a", "OPENAI_B": "sk-b", "OPENAI_C": "sk-c"}
PROVIDERS = {
    "openai": ("https://api.openai.com/v1/chat/completions", "gpt-5"),
    "openrouter": ("https://openrouter.ai/api/v1/chat/completions", "z-ai/glm-4.6"),
    "zai": ("https://api.z.ai/api/paas/v4/chat/completions", "glm-4.6"),
}


def document_of(example: str) -> Document:
    """An example as a whole file: it is members of one, or an entry of `Providers`; providers are completed."""
    is_provider = example.startswith("{")
    document = parse(f'{{ "Providers": [{example}] }}' if is_provider else f"{{ {example} }}", "example")
    shown = {entry["name"]: entry for entry in document.value.get("Providers", ())}
    assert set(shown) <= set(PROVIDERS)
    if not is_provider:
        shown["openai"] = {"api_keys": [{"key": "$OPENAI_C", "label": "team"}]}
    if "Router" not in document.value:
        document = document.with_value(("Router",), {"default": "zai,glm-4.6"})
    entries = [
        {"api_base_url": address, "api_key": "sk-main", "models": [model], "name": name, **shown.get(name, {})}
        for name, (address, model) in PROVIDERS.items()
    ]
    return document.with_value(("Providers",), entries).with_value(("APIKEY",), "own")
