"""What all models of the configuration have in common."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict


def none_if_blank(value: Any) -> Any:
    """The router's own settings page writes "" for "not set"."""
    return None if isinstance(value, str) and not value.strip() else value


OptionalText = Annotated[str | None, BeforeValidator(none_if_blank)]


class Model(BaseModel):
    """Immutable; names that are not known are kept."""

    model_config = ConfigDict(
        frozen=True, extra="allow", populate_by_name=True, protected_namespaces=(), hide_input_in_errors=True
    )

    def __repr_args__(self) -> Iterator[tuple[str | None, Any]]:
        """Fields only: a misspelt `apiKey` among the unknown names must not show up in a log."""
        fields = type(self).model_fields
        return ((name, getattr(self, str(name))) for name, field in fields.items() if field.repr)
