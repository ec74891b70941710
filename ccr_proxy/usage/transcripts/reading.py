"""The sums of every transcript; what has not changed since it was last read is not read again.

Which file an answer counts for that stands in several is only known when all are known. Its records are therefore kept
beside a file's sums. So a change in one file makes others be read again only where an answer begins to stand in both.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from ccr_proxy.usage.transcripts.duplicates import FileRecords, in_file, in_several_files, winners
from ccr_proxy.usage.transcripts.records import Record, parse
from ccr_proxy.usage.transcripts.sums import Series, series_of


@dataclass(frozen=True, slots=True)
class FileSums:
    """What a file held when it was read: its size and time of change (nanoseconds) say whether it still does.

    `answers` are all answers that it has a line about. `series` are the sums of those that stand in no other file,
    `shared` the records of those that do, or did.
    """

    size: int
    changed: int
    answers: array[int]
    series: tuple[Series, ...]
    shared: tuple[Record, ...]


@dataclass(slots=True)
class Reading:
    """What the files hold, by path in the order of paths. `is_new` when it is not what was known; `unreadable` are the
    paths of files that could not be read, with reasons."""

    files: dict[str, FileSums] = field(default_factory=dict)
    is_new: bool = False
    unreadable: list[tuple[str, OSError]] = field(default_factory=list)

    def series(self) -> dict[str, tuple[Series, ...]]:
        """The sums of each file; every answer is in one of them only."""
        won = winners({path: sums.shared for path, sums in self.files.items() if sums.shared})
        return {path: (*sums.series, *series_of(won.get(path, ()))) for path, sums in self.files.items()}


def read_all(paths: Iterable[Path], known: Mapping[str, FileSums]) -> Reading:
    """Look at the files; `known` is what an earlier call returned. What cannot be read is passed over, and told."""
    reading = Reading()
    states = dict(_states(paths, reading))
    same = {path: known[path] for path, state in states.items() if path in known and _state(known[path]) == state}
    found = _read((path for path in states if path not in same), reading)
    answers = {path: records.by_answer for path, records in found.items()}
    shared = in_several_files([*answers.values(), *(sums.answers for sums in same.values())]) if found else set()
    found |= _read([path for path, sums in same.items() if _begins_to_share(sums, shared)], reading)
    read = {path: _sums(*states[path], records, shared) for path, records in found.items()}
    reading.is_new = bool(found) or same.keys() != known.keys()
    reading.files = {path: sums for path in states if (sums := read.get(path) or same.get(path))}
    return reading


def _states(paths: Iterable[Path], reading: Reading) -> Iterator[tuple[str, tuple[int, int]]]:
    for path in paths:
        try:
            found = path.stat()
        except FileNotFoundError:
            continue
        except OSError as error:
            reading.unreadable.append((str(path), error))
            continue
        yield str(path), (found.st_size, found.st_mtime_ns)


def _state(sums: FileSums) -> tuple[int, int]:
    return sums.size, sums.changed


def _begins_to_share(sums: FileSums, shared: set[int]) -> bool:
    return not shared.isdisjoint(sums.answers) and not shared.intersection(sums.answers) <= {
        record.answer for record in sums.shared
    }


def _sums(size: int, changed: int, records: FileRecords, shared: set[int]) -> FileSums:
    own = [record for answer, record in records.by_answer.items() if answer not in shared]
    others = tuple(record for answer, record in records.by_answer.items() if answer in shared)
    series = tuple(series_of((*own, *records.nameless)))
    return FileSums(size, changed, array("Q", records.by_answer), series, others)


def _read(paths: Iterable[str], reading: Reading) -> dict[str, FileRecords]:
    found: dict[str, FileRecords] = {}
    for path in paths:
        try:
            found[path] = in_file(_records(path))
        except FileNotFoundError:
            continue
        except OSError as error:
            reading.unreadable.append((path, error))
    return found


def _records(path: str) -> Iterator[Record]:
    with open(path, "rb") as lines:
        for line in lines:
            record = parse(line)
            if record is not None:
                yield record
