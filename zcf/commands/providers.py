"""`zcf providers`: the providers that the wizard knows by name, all of them or those that a word fits."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from ccr_proxy.commands.table import table_lines
from zcf.errors import refused
from zcf.i18n import Texts
from zcf.presets import Preset, PresetModel, preset_named, with_variants


def matching(presets: Iterable[Preset], word: str) -> tuple[Preset, ...]:
    """The entry of that name, a vendor with its variants; else every entry of which a name, the address or a model
    contains the word, whatever its letter case.

    Raises Refusal when nothing fits.
    """
    known = tuple(presets)
    wanted = word.strip().casefold()
    named = preset_named(known, wanted)
    if named is not None:
        return with_variants(named)
    found = tuple(entry for preset in known for entry in with_variants(preset) if _fits(entry, wanted))
    if not found:
        raise refused("providers.none", word=word)
    return found


def _fits(entry: Preset, wanted: str) -> bool:
    names = (entry.label, entry.name, *entry.aliases, *entry.variant_name.values())
    return any(wanted in text.casefold() for text in (*names, entry.api_base_url, *(m.id for m in entry.models)))


def overview_lines(presets: Sequence[Preset], texts: Texts) -> Iterator[str]:
    """One line per vendor."""
    heads = [texts(f"providers.head_{name}") for name in ("id", "name", "key", "model", "variants")]
    yield from table_lines(heads, [_row(preset, texts) for preset in presets])
    yield texts("providers.hint")


def _row(preset: Preset, texts: Texts) -> tuple[str, ...]:
    variants = ", ".join(variant.variant for variant in preset.variants)
    return (preset.id, preset.name, _key(preset, texts), _model_name(preset, texts), variants)


def _key(preset: Preset, texts: Texts) -> str:
    if preset.placeholder_key:
        return texts("providers.no_key")
    return preset.api_key_env[0] if preset.api_key_env else texts("providers.key_by_flag")


def _model_name(preset: Preset, texts: Texts) -> str:
    if preset.models:
        return preset.models[0].id
    return texts("providers.models_of_server" if preset.placeholder_key else "providers.model_by_flag")


def detail_lines(entries: Sequence[Preset], texts: Texts) -> Iterator[str]:
    """Everything there is to know about each entry."""
    for number, entry in enumerate(entries):
        if number:
            yield ""
        variant = entry.variant_name.get(texts.language)
        yield f"{entry.label}: {entry.name}" + (f", {variant}" if variant else "")
        yield from (f"  {texts(f'providers.{name}', value=value)}" for name, value in _facts(entry, texts) if value)
        yield from (f"  {texts('providers.model', value=model_text(model, texts))}" for model in entry.models)


def _facts(entry: Preset, texts: Texts) -> Iterator[tuple[str, str]]:
    yield "address", entry.api_base_url or texts("providers.address_by_flag")
    yield "protocol", entry.protocol
    yield "variables", ", ".join(entry.api_key_env)
    yield "key_page", entry.key_url
    yield "notes", entry.notes[texts.language]


def model_text(model: PresetModel, texts: Texts) -> str:
    """A model with what is known of it: `glm-5.3 (reads 1M tokens, writes 131k; tools, reasoning)`."""
    limits = {"reads": model.context_window, "writes": model.max_output_tokens}
    known = [texts(f"providers.{name}", tokens=tokens_text(tokens)) for name, tokens in limits.items() if tokens]
    able = [texts(f"providers.{name}") for name in model.capabilities or ()]
    parts = "; ".join(", ".join(part) for part in (known, able) if part)
    return f"{model.id} ({parts})" if parts else model.id


def tokens_text(tokens: int) -> str:
    """A number of tokens as vendors write it: 1000000 is 1M, 1048576 is 1.05M, 131072 is 131k."""
    return f"{tokens / 1_000_000:.3g}M" if tokens >= 1_000_000 else f"{tokens // 1000}k"


def providers_json(entries: Iterable[Preset]) -> dict[str, Any]:
    """The entries, variants each on their own."""
    return {"ok": True, "providers": [_entry_json(entry) for entry in entries]}


def _entry_json(entry: Preset) -> dict[str, Any]:
    return {
        "id": entry.label,
        "name": entry.name,
        "variant": dict(entry.variant_name) or None,
        "also": list(entry.aliases),
        "provider": entry.id,
        "protocol": entry.protocol,
        "api_base_url": entry.api_base_url or None,
        "models_url": entry.models_url,
        "api_key_env": list(entry.api_key_env),
        "needs_key": entry.placeholder_key is None,
        "key_url": entry.key_url or None,
        "models": [
            {
                "id": model.id,
                "context_window": model.context_window,
                "max_output_tokens": model.max_output_tokens,
                "capabilities": None if model.capabilities is None else list(model.capabilities),
            }
            for model in entry.models
        ],
        "notes": dict(entry.notes),
    }
