"""A preset's files, by their paths within it: out of a folder or a zip archive, and into an archive.

An archive comes from somebody else. Its paths may not lead out of the preset, and it may not be larger than a preset
can be.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from pathlib import Path, PurePosixPath, PureWindowsPath

from ccr_proxy.errors import ConfigFault

MANIFEST = "manifest.json"
MOST_BYTES = 20 * 1024 * 1024
_MOST_FILES = 500

Files = Mapping[str, bytes]


def files_of_folder(folder: Path) -> dict[str, bytes]:
    """All regular files below `folder`; links, which lead elsewhere, are left out. Raises ConfigFault, OSError."""
    paths = [path for path in sorted(folder.rglob("*")) if path.is_file() and not path.is_symlink()]
    inside = [path for path in paths if folder.resolve() in path.resolve().parents]
    _require_bounded(str(folder), len(inside), sum(path.stat().st_size for path in inside))
    return _with_manifest({path.relative_to(folder).as_posix(): path.read_bytes() for path in inside}, str(folder))


def files_of_archive(content: bytes, source: str) -> dict[str, bytes]:
    """All files of a zip archive; a single folder around them, as GitHub makes it, is taken off. Raises ConfigFault."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            entries = [entry for entry in archive.infolist() if not entry.is_dir()]
            _require_bounded(source, len(entries), sum(entry.file_size for entry in entries))
            files = {_inside(entry.filename, source): archive.read(entry) for entry in entries if not _is_link(entry)}
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError) as error:
        raise ConfigFault(f"{source}: no zip archive that can be read: {error}") from None
    return _with_manifest(_without_root(files), source)


def archive_of(files: Files) -> bytes:
    """A zip archive of these files."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in sorted(files):
            archive.writestr(zipfile.ZipInfo(name), files[name], zipfile.ZIP_DEFLATED)
    return target.getvalue()


def _inside(name: str, source: str) -> str:
    path, on_windows = PurePosixPath(name.replace("\\", "/")), PureWindowsPath(name)
    if path.is_absolute() or on_windows.drive or on_windows.root or ".." in path.parts or not path.parts:
        raise ConfigFault(f"{source}: {name!r} leads out of the preset; nothing was installed")
    return path.as_posix()


def _is_link(entry: zipfile.ZipInfo) -> bool:
    return (entry.external_attr >> 16) & 0o170000 == 0o120000


def _without_root(files: dict[str, bytes]) -> dict[str, bytes]:
    roots = {name.partition("/")[0] for name in files}
    if MANIFEST in files or len(roots) != 1:
        return files
    return {name.partition("/")[2]: content for name, content in files.items() if "/" in name}


def _with_manifest(files: dict[str, bytes], source: str) -> dict[str, bytes]:
    if MANIFEST not in files:
        raise ConfigFault(f"{source}: there is no {MANIFEST} in it, so it is no preset")
    return files


def _require_bounded(source: str, number: int, size: int) -> None:
    if number > _MOST_FILES or size > MOST_BYTES:
        raise ConfigFault(f"{source}: too large for a preset ({number} files, {size // 1024} KB)")
