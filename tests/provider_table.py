"""The table of docs/providers.md, made from the presets.

`python -m tests.provider_table` writes it there anew; `tests/zcf/test_presets.py` checks that
nothing has to be written.
"""

from __future__ import annotations

import re

from tests.markdown_tables import DOCS
from zcf.commands.providers import tokens_text
from zcf.presets import Preset, PresetModel, load_presets, with_variants

PROVIDERS_PAGE = DOCS / "providers.md"
_HEADS = ("provider", "name", "protocol", "address", "key", "models")
_TABLE = re.compile(rf"^\| {_HEADS[0]} \|.*?(?=\n\n|\Z)", re.MULTILINE | re.DOTALL)


def with_table(page: str) -> str:
    """The page with its table of providers replaced by what the presets say."""
    if _TABLE.search(page) is None:
        raise LookupError(f"no table that begins with the column {_HEADS[0]!r} in the page")
    table = "\n".join(_line(cells) for cells in (_HEADS, ("---",) * len(_HEADS), *_rows()))
    return _TABLE.sub(lambda _: table, page).rstrip("\n") + "\n"


def _rows() -> list[tuple[str, ...]]:
    entries = [entry for preset in load_presets() for entry in with_variants(preset)]
    return [_row(entry) for entry in sorted(entries, key=lambda entry: entry.vendor)]


def _row(entry: Preset) -> tuple[str, ...]:
    names = ", ".join(f"`{name}`" for name in (entry.label, *entry.aliases))
    name = entry.variant_name["en"] if entry.variant else f"**{entry.name}**"
    address = f"`{entry.api_base_url}`" if entry.api_base_url else "given with `--api-url`"
    return (names, name, f"`{entry.protocol}`", address, _key(entry), _models(entry))


def _key(entry: Preset) -> str:
    if entry.placeholder_key:
        return "none"
    variables = ", ".join(f"`{name}`" for name in entry.api_key_env)
    return ", ".join(part for part in (f"[page]({entry.key_url})" if entry.key_url else "", variables) if part) or "–"


def _models(entry: Preset) -> str:
    if entry.models:
        return ", ".join(_model(model) for model in entry.models)
    return "those that the server lists" if entry.placeholder_key else "given with `--model`"


def _model(model: PresetModel) -> str:
    return f"`{model.id}`" + (f" {tokens_text(model.context_window)}" if model.context_window else "")


def _line(cells: tuple[str, ...]) -> str:
    return "| " + " | ".join(cells) + " |"


if __name__ == "__main__":
    PROVIDERS_PAGE.write_text(with_table(PROVIDERS_PAGE.read_text(encoding="utf-8")), encoding="utf-8")
