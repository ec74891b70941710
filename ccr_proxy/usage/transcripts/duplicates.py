"""One answer stands in several lines: once per content block, again in every session that was resumed from it, and in
the transcripts of sub-agents. It counts once.

Of several records of one answer counts the one of the main conversation before one of a sub-agent, then the one with
most tokens (earlier ones were written while the answer was under way), then the first, in the order of the files. What
names no answer is never a duplicate. ccusage 20.0.24 decides alike.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from ccr_proxy.usage.transcripts.records import Record


@dataclass(slots=True)
class FileRecords:
    """The records of one file: the one that counts of each answer, and those that name none."""

    by_answer: dict[int, Record] = field(default_factory=dict)
    nameless: list[Record] = field(default_factory=list)


def in_file(records: Iterable[Record]) -> FileRecords:
    """What counts of a file by itself."""
    found = FileRecords()
    best = found.by_answer
    for record in records:
        answer = record.answer
        if answer is None:
            found.nameless.append(record)
        elif answer not in best or _rank(record) > _rank(best[answer]):
            best[answer] = record
    return found


def in_several_files(files: Iterable[Iterable[int]]) -> set[int]:
    """The answers that more than one file has."""
    once, several = set[int](), set[int]()
    for answers in files:
        distinct = set(answers)
        several |= once & distinct
        once |= distinct
    return several


def winners(shared: Mapping[str, Sequence[Record]]) -> dict[str, list[Record]]:
    """Of records that may stand in several files: those that count, by the file that has them."""
    best: dict[int | None, tuple[str, Record]] = {}
    for path, records in shared.items():
        for record in records:
            known = best.get(record.answer)
            if known is None or _rank(record) > _rank(known[1]):
                best[record.answer] = (path, record)
    found: dict[str, list[Record]] = {}
    for path, record in best.values():
        found.setdefault(path, []).append(record)
    return found


def _rank(record: Record) -> tuple[bool, int]:
    return not record.sidechain, record.total_tokens
