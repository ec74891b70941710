"""Where presets come from and go to: folders, zip files, addresses."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from ccr_proxy.commands.verbs import MODULES
from ccr_proxy.errors import ConfigFault
from ccr_proxy.presets import archive, installed
from ccr_proxy.presets.manifest import Manifest
from ccr_proxy.presets.names import require_name
from ccr_proxy.service.download import download
from ccr_proxy.service.private_file import replace_content, write_private


@dataclass(frozen=True, slots=True)
class Incoming:
    """A preset that is to be installed, or one that is and is asked anew; that one comes without `files`."""

    name: str
    manifest: Manifest
    files: archive.Files | None

    def put(self, manifest: Manifest) -> Path:
        """Install it with this manifest; returns its folder. Raises OSError."""
        content = manifest.document.text.encode("utf-8")
        if self.files is not None:
            return installed.put(self.name, {**self.files, archive.MANIFEST: content})
        replace_content(installed.manifest_path(self.name), content, 0o600)
        return installed.folder_of(self.name)


def incoming(source: str, name: str | None) -> Incoming:
    """The preset that `source` names: an address, an installed one, a zip file, a folder (`./NAME` where one of that
    name is installed). Raises ConfigFault, ServiceFault, OSError."""
    if source.startswith(("https://", "http://")):
        return _new(archive.files_of_archive(download(source, archive.MOST_BYTES), source), source, name)
    if installed.is_installed(source):
        return Incoming(source, installed.installed(source), None)
    path = Path(source)
    if path.is_file():
        return _new(archive.files_of_archive(path.read_bytes(), source), source, name)
    if path.is_dir() and (path / archive.MANIFEST).exists():
        return _new(archive.files_of_folder(path), source, name)
    raise ConfigFault(
        f"{source}: neither a folder with a {archive.MANIFEST}, nor a zip file, an address or an installed preset"
    )


def write_preset(name: str, manifest: Mapping[str, Any], output: Path | None, *, force: bool) -> Path:
    """Write an exported preset: among the installed ones, into a folder, or as a zip file. Raises click.UsageError when
    something is there already."""
    text = json.dumps(manifest, indent=2, ensure_ascii=False) + "\n"
    target = output or installed.folder_of(_callable(name))
    is_archive = target.suffix.lower() == ".zip"
    file = target if is_archive else target / archive.MANIFEST
    if file.exists() and not force:
        raise click.UsageError(f"{file} exists already: --force replaces it")
    if is_archive:
        replace_content(file, archive.archive_of({archive.MANIFEST: text.encode("utf-8")}), 0o600)
    else:
        write_private(file, text)
    return target


def _new(files: Mapping[str, bytes], source: str, name: str | None) -> Incoming:
    manifest = installed.manifest_in(files, source)
    chosen = require_name(name or manifest.text("name") or Path(source.rstrip("/")).stem)
    return Incoming(_callable(chosen), manifest, files)


def _callable(name: str) -> str:
    """The name. Raises click.UsageError when `ccr NAME` would be something else."""
    if name in MODULES:
        raise click.UsageError(f"{name} is a verb of ccr, so the preset needs another name")
    return name
