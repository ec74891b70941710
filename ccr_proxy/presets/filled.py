"""A manifest with its answers: the configuration that the preset stands for."""

from __future__ import annotations

import copy
import re
from collections.abc import Mapping
from pathlib import PurePath
from typing import Any

from ccr_proxy.errors import ConfigFault
from ccr_proxy.presets.inputs import REFERENCE, conditions_of, holds, missing
from ccr_proxy.presets.manifest import Manifest

_PART = re.compile(r"\.?([^.\[\]]+)|\[(\d+)\]")


def filled(manifest: Manifest) -> dict[str, Any]:
    """The configuration, as Claude Code Router makes it.

    `template`, or what is configured where there is none, with `#{id}` replaced; then `configMappings`; then answers
    whose names are paths. Raises ConfigFault when answers are missing: their placeholders would be sent to providers.
    """
    values = _answers(manifest)
    template = manifest.data.get("template")
    start = template if isinstance(template, dict) else manifest.config
    if not values and not manifest.inputs:
        return copy.deepcopy(dict(start))
    ids = {each.id for each in manifest.inputs}
    config = {name: value for name, value in _replaced(start, values).items() if name not in ids}
    mappings = manifest.data.get("configMappings")
    for mapping in mappings if isinstance(mappings, list) else ():
        if isinstance(mapping, dict) and all(holds(each, values) for each in conditions_of(mapping.get("when"))):
            _put(config, str(mapping.get("target", "")), _replaced(mapping.get("value"), values))
    for name, value in values.items():
        if "." in name or "[" in name:
            _put(config, name, value)
    return config


def _answers(manifest: Manifest) -> dict[str, Any]:
    values = manifest.values
    if lacking := missing(manifest.inputs, values):
        source = manifest.document.source
        # A preset is called by the name of its folder.
        remedy = f"`ccr install {PurePath(source).parent.name or 'NAME'}` asks for it"
        raise ConfigFault(f"{source}: no value for {', '.join(lacking)}: {remedy}")
    defaults = {each.id: each.default for each in manifest.inputs if each.default is not None and each.is_asked(values)}
    return defaults | values


def _replaced(value: Any, values: Mapping[str, Any]) -> Any:
    """`#{id}` alone becomes the answer itself, within a text its text; without an answer "" ."""
    if isinstance(value, dict):
        return {name: _replaced(item, values) for name, item in value.items()}
    if isinstance(value, list):
        return [_replaced(item, values) for item in value]
    if not isinstance(value, str):
        return value
    alone = REFERENCE.fullmatch(value)
    if alone:
        return copy.deepcopy(values.get(alone[1], ""))
    return REFERENCE.sub(lambda found: str(values.get(found[1], "")), value)


def _put(config: dict[str, Any], target: str, value: Any) -> None:
    """Set `Providers[0].api_key` and the like; a path that leads into something else is passed over, as in CCR."""
    parts: list[str | int] = [int(index) if index else name for name, index in _PART.findall(target)]
    here: Any = config
    for part, following in zip(parts, [*parts[1:], None], strict=True):
        fits = isinstance(here, list) and part <= len(here) if isinstance(part, int) else isinstance(here, dict)
        if not fits:
            return
        if following is None:
            _set(here, part, value)
            return
        present = _item(here, part)
        if not isinstance(present, dict | list):
            present = [] if isinstance(following, int) else {}
            _set(here, part, present)
        here = present


def _item(container: Any, part: str | int) -> Any:
    try:
        return container[part]
    except (KeyError, IndexError):
        return None


def _set(container: Any, part: str | int, value: Any) -> None:
    if isinstance(container, list) and part == len(container):
        container.append(value)
    else:
        container[part] = value
