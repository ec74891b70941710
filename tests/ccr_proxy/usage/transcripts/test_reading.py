"""What is remembered of transcripts gives the same sums as reading all of them anew, whatever happens to the files."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ccr_proxy.usage.transcripts.cache_file import decode, encode
from ccr_proxy.usage.transcripts.periods import FOREVER
from ccr_proxy.usage.transcripts.reading import FileSums, Reading, read_all
from tests.ccr_proxy.usage.transcripts.claude_folder import HAIKU, SONNET, line

FILES = ("a.jsonl", "b.jsonl", "c.jsonl", "d.jsonl")

# Few answers, so that many stand in several files.
ANSWERS = st.builds(
    line,
    at=st.sampled_from(["2026-11-01T12:00:00Z", "2026-11-01T12:20:00Z", "2026-11-02T00:00:00.001Z"]),
    message=st.sampled_from(["m1", "m2", "m3", "m4", "m5"]),
    request=st.sampled_from(["r1", None]),
    model=st.sampled_from([SONNET, HAIKU, None]),
    input=st.integers(0, 3) | st.just(300_000),
    output=st.integers(0, 2),
    isSidechain=st.booleans(),
    costUSD=st.sampled_from([0, 0.5]),
)
NAMELESS = st.just('{"timestamp":"2026-11-01T12:00:00Z","message":{"usage":{"input_tokens":1,"output_tokens":1}}}')
LINES = st.lists(ANSWERS | NAMELESS | st.just("{broken"), max_size=4)
Change = tuple[str, str, list[str]]
CHANGES = st.lists(
    st.tuples(st.sampled_from(FILES), st.sampled_from(["append", "rewrite", "delete"]), LINES), min_size=1, max_size=8
)


class Folder:
    """Files whose time of change goes on with every change."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._time = 1_700_000_000

    @property
    def files(self) -> list[Path]:
        return sorted(self.path.glob("*.jsonl"))

    def change(self, name: str, how: str, lines: list[str]) -> None:
        file = self.path / name
        if how == "delete":
            file.unlink(missing_ok=True)
            return
        with file.open("a" if how == "append" else "w", encoding="utf-8") as output:
            output.writelines(text + "\n" for text in lines)
        self._time += 1
        os.utime(file, (self._time, self._time))


def sums(reading: Reading) -> dict[tuple[object, ...], list[int]]:
    """The columns of each file, kind and quarter; first and last time apart, they add up."""
    found: dict[tuple[object, ...], list[int]] = {}
    for path, all_series in reading.series().items():
        for series in all_series:
            for quarter, part in series.cut(lambda quarter: (quarter, quarter + 1), 0, FOREVER):
                key = (path, part.kind, quarter)
                columns = [part.records, part.input, part.output, part.read, round(part.cost * 2)]
                found[key] = [one + other for one, other in zip(found.get(key, [0] * 5), columns, strict=True)]
    return found


@given(changes=CHANGES)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_remembered_or_read_anew_is_the_same(tmp_path_factory: pytest.TempPathFactory, changes: list[Change]) -> None:
    folder = Folder(tmp_path_factory.mktemp("transcripts"))
    known: dict[str, FileSums] = {}
    for change in changes:
        folder.change(*change)
        reading = read_all(folder.files, known)
        assert sums(reading) == sums(read_all(folder.files, {}))
        known = decode(encode(reading.files))
        again = read_all(folder.files, known)
        assert (sums(again), again.is_new) == (sums(reading), False)
