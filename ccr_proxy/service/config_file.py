"""Changes the configuration on the disk: a copy first, the new text whole or not at all, mode and link kept."""

from __future__ import annotations

import os
import stat
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from ccr_proxy.config.backups import backup_path
from ccr_proxy.config.document import Document
from ccr_proxy.config.load import LoadedConfig, evaluate
from ccr_proxy.config.problems import Problem
from ccr_proxy.errors import ConfigFault
from ccr_proxy.service.private_file import replace_content


@dataclass(frozen=True, slots=True)
class Saved:
    """What became of a change: the file's copy (None where there was nothing to change), and the problems that the
    configuration has since."""

    loaded: LoadedConfig
    backup: Path | None
    new_problems: tuple[Problem, ...] = ()


def save(before: LoadedConfig, document: Document, environ: Mapping[str, str], now: datetime) -> Saved:
    """Put `document` in the place of the file that `before` was read from.

    Raises ConfigFault, and changes nothing, when the file is not as it was read any more; OSError.
    """
    if document.text == before.document.text:
        return Saved(before, None)
    after = evaluate(document, before.path, environ)
    old = before.document.text.encode("utf-8")
    backup = backup_path(before.path, now)
    replace_content(backup, old, 0o600)
    try:
        _require_unchanged(before.path, old)
        replace_content(before.path, document.text.encode("utf-8"), stat.S_IMODE(os.stat(before.path).st_mode))
    except BaseException:
        backup.unlink(missing_ok=True)
        raise
    known = {(problem.path, problem.message) for problem in before.problems}
    return Saved(after, backup, tuple(each for each in after.problems if (each.path, each.message) not in known))


def _require_unchanged(path: Path, expected: bytes) -> None:
    if path.read_bytes() != expected:
        raise ConfigFault(f"{path}: another program changed it at this moment; nothing was written, try again")
