"""What was read from the transcripts, kept in one file below the user's cache folder.

A line that names the format, a checksum, the length of a header, the header (JSON: for each file the lengths of its
arrays and the records that may stand in several files), and the arrays in the order of the header. It holds numbers,
paths and names of models, no word that was said.
A file that is broken, of another format or another machine counts as none.
"""

from __future__ import annotations

import contextlib
import os
import sys
import tempfile
import zlib
from array import array
from collections.abc import Iterator, Mapping
from hashlib import blake2b
from pathlib import Path
from typing import Any

import orjson
from platformdirs import user_cache_path

from ccr_proxy.usage.transcripts.reading import FileSums
from ccr_proxy.usage.transcripts.records import Record
from ccr_proxy.usage.transcripts.sums import COLUMNS, Kind, Series

# Another number whenever parsing, duplicates or sums change.
_FORMAT = f"zcf transcripts 1 {sys.byteorder}\n".encode()
_ITEM = 8


def cache_path(folders: list[Path]) -> Path:
    """The file for the transcripts in these folders."""
    name = blake2b("\0".join(map(str, folders)).encode("utf-8", "surrogateescape"), digest_size=8).hexdigest()
    return user_cache_path("zcf", appauthor=False) / f"transcripts-{name}"


def load(path: Path) -> dict[str, FileSums]:
    """What was saved last; nothing where that is not there or not usable."""
    try:
        return decode(path.read_bytes())
    except (OSError, ValueError, TypeError, LookupError):
        return {}


def save(path: Path, files: Mapping[str, FileSums]) -> None:
    """Write all of it, only for the user's eyes. Without room or rights for it the next run reads the transcripts."""
    with contextlib.suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        number, temporary = tempfile.mkstemp(dir=path.parent, prefix=path.name)
        try:
            with os.fdopen(number, "wb") as file:
                file.write(encode(files))
            os.replace(temporary, path)
        except OSError:
            os.unlink(temporary)


def encode(files: Mapping[str, FileSums]) -> bytes:
    """The content of the file."""
    header = orjson.dumps([_header(path, sums) for path, sums in files.items()])
    body = b"".join((len(header).to_bytes(_ITEM), header, *(part.tobytes() for part in _parts(files))))
    return _FORMAT + zlib.crc32(body).to_bytes(_ITEM) + body


def _header(path: str, sums: FileSums) -> list[Any]:
    series = [[*each.kind, len(each)] for each in sums.series]
    shared = [[*record] for record in sums.shared]
    return [os.fsencode(path).decode("latin-1"), sums.size, sums.changed, len(sums.answers), series, shared]


def _parts(files: Mapping[str, FileSums]) -> Iterator[array[Any]]:
    for sums in files.values():
        yield sums.answers
        for series in sums.series:
            yield series.numbers
            yield series.costs


def decode(content: bytes) -> dict[str, FileSums]:
    """What `encode` was given. Raises ValueError, TypeError or LookupError for anything else."""
    view = memoryview(content)
    start = len(_FORMAT) + _ITEM
    if content[: len(_FORMAT)] != _FORMAT or zlib.crc32(view[start:]).to_bytes(_ITEM) != view[len(_FORMAT) : start]:
        raise ValueError("not a cache of this format")
    length = int.from_bytes(view[start : start + _ITEM])
    numbers = _Numbers(view, start + _ITEM + length)
    header = orjson.loads(view[start + _ITEM : start + _ITEM + length])
    return {os.fsdecode(path.encode("latin-1")): _file_sums(rest, numbers) for path, *rest in header}


class _Numbers:
    """Arrays, one after the other."""

    def __init__(self, view: memoryview, offset: int) -> None:
        self._view, self._offset = view, offset

    def take(self, kind: str, length: int) -> array[Any]:
        end = self._offset + length * _ITEM
        numbers = array(kind)
        numbers.frombytes(self._view[self._offset : end])
        self._offset = end
        return numbers


def _file_sums(rest: list[Any], numbers: _Numbers) -> FileSums:
    size, changed, length, entries, shared = rest
    answers = numbers.take("Q", length)
    series = tuple(_series(entry, numbers) for entry in entries)
    return FileSums(size, changed, answers, series, tuple(Record(*record) for record in shared))


def _series(entry: list[Any], numbers: _Numbers) -> Series:
    model, above, has_cost, length = entry
    kind = Kind(model, above, has_cost)
    return Series(kind, numbers.take("q", length * COLUMNS), numbers.take("d", length if has_cost else 0))
