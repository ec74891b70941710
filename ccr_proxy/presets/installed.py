"""The presets on the disk: `~/.claude-code-router/presets/NAME/` with a `manifest.json`, for their owner only."""

from __future__ import annotations

import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

from ccr_proxy.config.paths import presets_directory
from ccr_proxy.config.source import decoded, read_text
from ccr_proxy.errors import ConfigFault
from ccr_proxy.presets.archive import MANIFEST, Files
from ccr_proxy.presets.manifest import Manifest, read_manifest
from ccr_proxy.presets.names import is_name, require_name


@dataclass(frozen=True, slots=True)
class Installed:
    """One preset; `fault` says why its manifest cannot be used, which is then None."""

    name: str
    manifest: Manifest | None
    fault: str = ""


def folder_of(name: str) -> Path:
    """Where the preset is, or would be. Raises ConfigFault for a name that no preset may have."""
    return presets_directory() / require_name(name)


def manifest_path(name: str) -> Path:
    """Its manifest. Raises as `folder_of`."""
    return folder_of(name) / MANIFEST


def is_installed(name: str) -> bool:
    """Whether there is a preset of that name, whatever is in it."""
    return is_name(name) and (presets_directory() / name / MANIFEST).is_file()


def installed(name: str) -> Manifest:
    """The manifest of a preset. Raises ConfigFault."""
    if not is_installed(name):
        raise ConfigFault(f"there is no preset {name!r} ({', '.join(names()) or 'none'} installed)")
    return read_manifest(read_text(manifest_path(name)), str(manifest_path(name)))


def names() -> tuple[str, ...]:
    """The names of all presets, sorted."""
    folder = presets_directory()
    return tuple(sorted(each.name for each in folder.iterdir() if is_installed(each.name))) if folder.is_dir() else ()


def all_installed() -> tuple[Installed, ...]:
    """All presets, broken ones included."""
    return tuple(_looked_at(name) for name in names())


def _looked_at(name: str) -> Installed:
    try:
        manifest = installed(name)
        manifest.inputs  # noqa: B018 - is only read when it is asked for
    except ConfigFault as fault:
        return Installed(name, None, fault.message)
    return Installed(name, manifest)


def manifest_in(files: Files, source: str) -> Manifest:
    """The manifest among a preset's files. Raises ConfigFault."""
    return read_manifest(decoded(files[MANIFEST], f"{source}/{MANIFEST}"), f"{source}/{MANIFEST}")


def put(name: str, files: Files) -> Path:
    """Install these files as a preset, in the place of one that is there: all of them or none. Raises OSError."""
    folder = folder_of(name)
    folder.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    fresh = Path(tempfile.mkdtemp(prefix=f".{name}.", dir=folder.parent))
    old = fresh.with_name(fresh.name + ".old")
    try:
        for path, content in files.items():
            _write(fresh / path, content)
        if folder.exists():
            folder.rename(old)
        fresh.rename(folder)
    except BaseException:
        if old.exists() and not folder.exists():
            old.rename(folder)
        shutil.rmtree(fresh, ignore_errors=True)
        raise
    if old.exists():
        _discard(old)
    return folder


def delete(name: str) -> None:
    """Remove a preset with all its files. Raises ConfigFault when there is none, OSError."""
    if not is_installed(name):
        raise ConfigFault(f"there is no preset {name!r} ({', '.join(names()) or 'none'} installed)")
    _discard(folder_of(name))


def _discard(folder: Path) -> None:
    # Somebody's own folder may be linked in; that one is not ours to empty.
    if folder.is_symlink():
        folder.unlink()
    else:
        shutil.rmtree(folder)


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    path.touch(mode=0o600)
    path.write_bytes(content)
