"""`ccr preset` and `ccr install`: configurations with a name, to share and to install."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ccr_proxy.commands.options import config_option, debug_option, json_option
from ccr_proxy.commands.preset_questions import answered, given_values
from ccr_proxy.commands.report import Report
from ccr_proxy.commands.table import table_lines

if TYPE_CHECKING:
    from ccr_proxy.presets.manifest import Manifest


# Claude Code Router's other names for it.
_DELETE = ("rm", "remove")


class _PresetGroup(click.Group):
    """A group in which `delete` has more than one name."""

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of that name."""
        return super().get_command(ctx, "delete" if cmd_name in _DELETE else cmd_name)


@click.group(cls=_PresetGroup, short_help="Share, install and list configurations with a name.")
def preset() -> None:
    """Share, install and list configurations with a name; `ccr NAME` starts Claude Code with one."""


@preset.command("export", short_help="Make a preset of the configuration, without its secrets.")
@click.argument("name")
@click.option("--output", "-o", type=click.Path(path_type=Path), help="Where to: a folder, or a file NAME.zip.")
@click.option("--description", default="", help="What it is good for.")
@click.option("--author", default="", help="Who made it.")
@click.option("--tags", default="", help="Words to find it by, with commas between.")
@click.option("--force", "-f", is_flag=True, help="Replace what is there.")
@config_option
@json_option
@debug_option
def export(
    name: str, output: Path | None, description: str, author: str, tags: str, force: bool, config_path: Path | None
) -> Report:
    """Make a preset NAME of the configuration.

    Keys and other secrets become questions that whoever installs it is asked; variables ($NAME) stay variables.
    """
    from ccr_proxy.commands.preset_files import write_preset
    from ccr_proxy.config import paths
    from ccr_proxy.presets.names import require_name
    from ccr_proxy.presets.shared import shared_manifest
    from ccr_proxy.service.configuration import load_configuration

    keywords = [tag.strip() for tag in tags.split(",") if tag.strip()]
    metadata = {"name": require_name(name), "version": "1.0.0", "description": description, "author": author}
    metadata = {key: value for key, value in metadata.items() if value}
    loaded = load_configuration(config_path or paths.config_path())
    described = metadata | ({"keywords": keywords} if keywords else {})
    manifest, left_out = shared_manifest(loaded.document.value, described)
    place = write_preset(name, manifest, output, force=force)
    inputs = [each["id"] for each in manifest.get("schema", ())]
    lines = (
        f"Preset: {place}",
        f"Asks for: {', '.join(inputs) or 'nothing'}",
        *((f"Left out: {', '.join(left_out)}",) if left_out else ()),
    )
    return Report(lines, {"path": str(place), "inputs": inputs, "left_out": list(left_out)})


@click.command(short_help="Install a preset, or answer its questions anew.")
@click.argument("source", metavar="PATH|URL|NAME")
@click.option("--name", help="Under this name.  [default: the one in its manifest]")
@click.option("--set", "settings", metavar="ID=VALUE", multiple=True, help="Answer one of its questions.")
@click.option("--force", "-f", is_flag=True, help="Replace an installed preset of that name.")
@json_option
@debug_option
def install(source: str, name: str | None, settings: tuple[str, ...], force: bool) -> Report:
    """Install a preset from a folder, a zip file or an address, and ask what it needs to know.

    The NAME of an installed preset asks its questions anew. Without a terminal the answers come from --set.
    """
    from ccr_proxy.commands.preset_files import incoming
    from ccr_proxy.presets.installed import is_installed

    coming = incoming(source, name)
    if coming.files is not None and is_installed(coming.name) and not force:
        raise click.UsageError(f"preset {coming.name} is installed already: --force replaces it, --name takes another")
    values = answered(coming.manifest, given_values(settings))
    manifest = coming.manifest.with_values(values) if values else coming.manifest
    folder = coming.put(manifest)
    lines = (f"Preset: {coming.name}", f"Folder: {folder}", *_about(manifest), f"To use it: ccr {coming.name}")
    return Report(lines, {"name": coming.name, "path": str(folder), **_facts(manifest)})


@preset.command("list", short_help="List the installed presets.")
@json_option
@debug_option
def list_presets() -> Report:
    """List the installed presets."""
    from ccr_proxy.presets.installed import all_installed

    presets = all_installed()
    rows = [
        (each.name, each.manifest.text("version") or "-", each.manifest.text("description") or "-")
        if each.manifest
        else (each.name, "-", f"cannot be used: {each.fault}")
        for each in presets
    ]
    data = [
        {"name": each.name, "error": each.fault or None, **(_metadata(each.manifest) if each.manifest else {})}
        for each in presets
    ]
    lines = table_lines(("NAME", "VERSION", "DESCRIPTION"), rows) if rows else ("Presets: none",)
    return Report(lines, {"presets": data})


@preset.command(short_help="Show what a preset does and asks for.")
@click.argument("name")
@json_option
@debug_option
def info(name: str) -> Report:
    """Show what a preset is, where it sends requests, and what it asks for; answers are not shown."""
    from ccr_proxy.presets.installed import installed, manifest_path

    manifest = installed(name)
    about = (f"{key.capitalize()}: {value}" for key, value in _metadata(manifest).items() if value and key != "title")
    lines = (f"Preset: {name}", *about, f"File: {manifest_path(name)}", *_about(manifest))
    return Report(lines, {"name": name, "path": str(manifest_path(name)), **_metadata(manifest), **_facts(manifest)})


@preset.command(short_help="Remove a preset and its answers.")
@click.argument("name")
@json_option
@debug_option
def delete(name: str) -> Report:
    """Remove a preset with all its files and answers; `rm` and `remove` are the same."""
    from ccr_proxy.presets.installed import delete as delete_preset

    delete_preset(name)
    return Report((f"Removed: {name}",), {"removed": name})


preset.add_command(install)


def _metadata(manifest: Manifest) -> dict[str, str]:
    return {
        "title": manifest.text("name"),
        **{key: manifest.text(key) for key in ("version", "description", "author", "homepage", "keywords")},
    }


def _facts(manifest: Manifest) -> dict[str, Any]:
    """Where requests go and what is taken from the machine: what one has to know of somebody else's configuration."""
    from ccr_proxy.presets.facts import facts_of

    facts = facts_of(manifest)
    answered_ids = set(manifest.values)
    return {
        "hosts": list(facts.hosts),
        "routes": facts.routes,
        "variables": list(facts.variables),
        "claude_code_settings": list(facts.claude_code_settings),
        "inputs": [{"id": each.id, "type": each.type, "answered": each.id in answered_ids} for each in manifest.inputs],
    }


def _about(manifest: Manifest) -> tuple[str, ...]:
    facts = _facts(manifest)
    unanswered = [each["id"] for each in facts["inputs"] if not each["answered"]]
    return tuple(
        f"{title}: {', '.join(listed)}"
        for title, listed in (
            ("Sends requests to", facts["hosts"]),
            ("Routes", [f"{name} {target}" for name, target in facts["routes"].items()]),
            ("Reads the variables", facts["variables"]),
            ("Changes in Claude Code", facts["claude_code_settings"]),
            ("Not answered", unanswered),
        )
        if listed
    )
