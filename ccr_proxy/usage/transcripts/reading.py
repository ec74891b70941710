"""The sums of every transcript; what has not changed since it was last read is not read again.

An answer may stand in several files, and only one of them has it in its sums. So when a file changes, every file that
has an answer in common with it is read again too, and those that have one in common with these.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from ccr_proxy.usage.transcripts.duplicates import Answers
from ccr_proxy.usage.transcripts.records import Record, parse
from ccr_proxy.usage.transcripts.sums import Series, series_of


@dataclass(frozen=True, slots=True)
class FileSums:
    """What a file held when it was read: its size and time of change (nanoseconds) say whether it still does.

    `answers` are all answers that it has a line about, `series` the sums of those that count here.
    """

    size: int
    changed: int
    answers: array[int]
    series: tuple[Series, ...]


@dataclass(slots=True)
class Reading:
    """The sums by path, in the order of paths. `is_new` when a file was read; `unreadable` are paths with reasons."""

    files: dict[str, FileSums] = field(default_factory=dict)
    is_new: bool = False
    unreadable: list[tuple[str, OSError]] = field(default_factory=list)


def read_all(paths: Iterable[Path], known: Mapping[str, FileSums]) -> Reading:
    """Look at the files; `known` is what an earlier call returned. What cannot be read is passed over, and told."""
    reading = Reading()
    states = dict(_states(paths, reading))
    same = {path for path, state in states.items() if path in known and _state(known[path]) == state}
    stale = _connected(known, {path for path in known if path not in same})
    again = {path: state for path, state in states.items() if path not in same or path in stale}
    while True:
        read = _read(again, reading)
        # A file that is new or was rewritten may have answers that also stand in files that did not change.
        found = {answer for sums in read.values() for answer in sums.answers}
        more = {path for path in same if path not in again and not found.isdisjoint(known[path].answers)}
        if not more:
            break
        again = {path: state for path, state in states.items() if path in again or path in _connected(known, more)}
    reading.is_new = bool(again) or len(states) != len(known)
    reading.files = {path: sums for path in states if (sums := (read if path in again else known).get(path))}
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


def _connected(known: Mapping[str, FileSums], some: set[str]) -> set[str]:
    """These files and those that share answers with them, directly or through others."""
    reached, frontier = set(some), set(some)
    while frontier:
        answers = {answer for path in frontier for answer in known[path].answers}
        frontier = {path for path in known if path not in reached and not answers.isdisjoint(known[path].answers)}
        reached |= frontier
    return reached


def _read(states: Mapping[str, tuple[int, int]], reading: Reading) -> dict[str, FileSums]:
    answers = Answers()
    found: dict[str, array[int]] = {}
    reading.unreadable = [(path, error) for path, error in reading.unreadable if path not in states]
    for number, path in enumerate(states):
        try:
            found[path] = answers.add(number, _records(path))
        except FileNotFoundError:
            continue
        except OSError as error:
            reading.unreadable.append((path, error))
    by_file = answers.by_file()
    return {
        path: FileSums(*state, found[path], tuple(series_of(by_file.get(number, ()))))
        for number, (path, state) in enumerate(states.items())
        if path in found
    }


def _records(path: str) -> Iterator[Record]:
    with open(path, "rb") as lines:
        for line in lines:
            record = parse(line)
            if record is not None:
                yield record
