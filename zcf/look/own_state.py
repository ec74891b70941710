"""zcf's own state as it is on the disk: what cannot be read, and what a run that was killed left behind."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from zcf.apply.atomic_write import abandoned
from zcf.apply.profiles import profiles_path, read_profiles
from zcf.apply.receipts import all_receipts, read_receipt
from zcf.diagnosis.facts import OwnFacts
from zcf.errors import Refusal
from zcf.look.files import content_of
from zcf.plan.receipt import Receipt, digest


def look_at_own_state(state: Path, files: Iterable[Path]) -> OwnFacts:
    """Look at the state directory and beside the `files` that zcf changes."""
    unreadable = tuple(_unreadable(state))
    leftovers = tuple(_leftovers(state, files))
    return OwnFacts(
        unreadable=unreadable,
        profiles_fault=_profiles_fault(state),
        leftovers=leftovers,
        half_applied=_half_applied(state) if leftovers and not unreadable else None,
        lock_busy=_busy_lock(state),
    )


def _unreadable(state: Path) -> Iterator[tuple[Path, Refusal]]:
    for path in sorted((state / "receipts").glob("*.json")):
        # A temporary file of a write has a name that begins with a dot.
        if path.name.split(".")[0].isdigit():
            try:
                read_receipt(path)
            except Refusal as fault:
                yield path, fault


def _profiles_fault(state: Path) -> tuple[Path, Refusal] | None:
    try:
        read_profiles(state)
    except Refusal as fault:
        return profiles_path(state), fault
    return None


def _leftovers(state: Path, files: Iterable[Path]) -> Iterator[Path]:
    for path in (*files, profiles_path(state)):
        yield from abandoned(path)
    yield from sorted((state / "receipts").glob(".*.zcf-new"))


def _half_applied(state: Path) -> int | None:
    """The last run, if only some of its files are as it wrote them and others still as they were before."""
    stored = all_receipts(state)
    if not stored or stored[-1].undone:
        return None
    receipt = stored[-1].receipt
    return receipt.number if _is_half(receipt) else None


def _is_half(receipt: Receipt) -> bool:
    waiting = False
    for entry in receipt.files:
        try:
            content = content_of(entry.path)
        except Refusal:
            # Told where the file itself is looked at.
            return False
        present = None if content is None else digest(content)
        waiting = waiting or (present == entry.before_digest and present != entry.after_digest)
    return waiting


def _busy_lock(state: Path) -> Path | None:
    from filelock import FileLock, Timeout

    path = state / "lock"
    if not path.exists():
        return None
    lock = FileLock(path)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        return path
    except OSError:
        # Whoever wants to change something will be told why it cannot be opened.
        return None
    lock.release()
    return None
