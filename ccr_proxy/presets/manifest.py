"""A preset's manifest, read and taken apart."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from ccr_proxy.config.document import Document, parse
from ccr_proxy.errors import ConfigFault
from ccr_proxy.presets.inputs import Input, read_inputs

METADATA = (
    "name", "version", "description", "author", "homepage", "repository", "license", "keywords", "ccrVersion",
    "source", "sourceType", "checksum",
)  # fmt: skip
_DYNAMIC = ("schema", "template", "configMappings", "userValues")


@dataclass(frozen=True)
class Manifest:
    """One manifest as text and data; `document.source` names its file in messages."""

    document: Document

    @property
    def data(self) -> Mapping[str, Any]:
        """All of it."""
        value: Mapping[str, Any] = self.document.value
        return value

    def text(self, name: str) -> str:
        """A piece of metadata as one line, "" when there is none."""
        value = self.data.get(name)
        text = value if isinstance(value, str) else ", ".join(map(str, value)) if isinstance(value, list) else ""
        return " ".join(text.split())

    @property
    def config(self) -> dict[str, Any]:
        """What it configures, as written."""
        return {name: value for name, value in self.data.items() if name not in (*METADATA, *_DYNAMIC)}

    @cached_property
    def inputs(self) -> tuple[Input, ...]:
        """What it asks for. Raises ConfigFault."""
        return read_inputs(self.data.get("schema"), self.document.source)

    @property
    def values(self) -> dict[str, Any]:
        """What was answered."""
        values = self.data.get("userValues")
        return dict(values) if isinstance(values, dict) else {}

    def with_values(self, values: Mapping[str, Any]) -> Manifest:
        """The same with these answers."""
        return Manifest(self.document.with_value(("userValues",), dict(values)))


def read_manifest(text: str, source: str) -> Manifest:
    """Raises ConfigFault when the text is no manifest; `source` names its file."""
    document = parse(text, source)
    if not isinstance(document.value, dict):
        raise ConfigFault(f"{source}: a manifest must be an object: {{ … }}")
    return Manifest(document)
