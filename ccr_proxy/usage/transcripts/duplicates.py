"""One answer stands in several lines: once per content block, again in every session that was resumed from it, and in
the transcripts of sub-agents. It counts once."""

from __future__ import annotations

from array import array
from collections.abc import Iterable

from ccr_proxy.usage.transcripts.records import Record


class Answers:
    """The records of some files, each answer once.

    Of several records of one answer counts the one of the main conversation before one of a sub-agent, then the one
    with most tokens (earlier ones were written while the answer was under way), then the first, in the order in which
    files are added. What names no answer is never a duplicate. ccusage 20.0.24 decides alike.
    """

    def __init__(self) -> None:
        self._best: dict[int, tuple[int, Record]] = {}
        self._nameless: list[tuple[int, Record]] = []

    def add(self, file: int, records: Iterable[Record]) -> array[int]:
        """Take in a file's records under its number; returns the answers that they are about."""
        best, seen = self._best, set[int]()
        for record in records:
            answer = record.answer
            if answer is None:
                self._nameless.append((file, record))
                continue
            seen.add(answer)
            known = best.get(answer)
            if known is None or _rank(record) > _rank(known[1]):
                best[answer] = (file, record)
        return array("Q", seen)

    def by_file(self) -> dict[int, list[Record]]:
        """The records that count, of each file that has any."""
        files: dict[int, list[Record]] = {}
        for file, record in (*self._best.values(), *self._nameless):
            files.setdefault(file, []).append(record)
        return files


def _rank(record: Record) -> tuple[bool, int]:
    return not record.sidechain, record.total_tokens
