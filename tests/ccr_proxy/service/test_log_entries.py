"""A log as a transcript: which lines are one entry, and how grave it is."""

from __future__ import annotations

import pytest

from ccr_proxy.service.log_entries import LogEntry, Wanted, entries

LOG = """\
/home/me/config.json:4:9: warning: "Rooter" is not known (did you mean Router?)
warning: no "APIKEY" in the configuration
ccr_proxy 1.0.0 listening on http://127.0.0.1:3456 (config /home/me/config.json)
2026-11-25T14:42:03.123Z INFO    req_0a1b demo,demo default; 19 in, 66 out
2026-11-25T14:42:04.000Z WARNING req_0c2d a,m failed: 503 try
  later
2026-11-25T14:42:05.000Z ERROR   request req_0e3f failed
Traceback (most recent call last):
  File "x.py", line 1, in f
KeyError: 'a'

During handling of the above exception, another exception occurred:

Traceback (most recent call last):
  File "x.py", line 2, in g
ValueError: two
lines
2026-11-25T14:42:06.000Z INFO    req_0a99 demo,demo default; 1 in, 2 out
Traceback (most recent call last):
  File "run.py", line 1, in <module>
MemoryError
stopped"""


def found(wanted: Wanted) -> list[LogEntry]:
    return [entry for entry in entries(LOG.splitlines()) if wanted(entry)]


def test_entries_with_level_request_and_lines() -> None:
    assert [(entry.level, entry.request, len(entry.lines)) for entry in found(Wanted())] == [
        ("warning", None, 1),
        ("warning", None, 1),
        ("info", None, 1),
        ("info", "req_0a1b", 1),
        ("warning", "req_0c2d", 2),
        ("error", "req_0e3f", 11),
        ("info", "req_0a99", 1),
        ("error", None, 4),
    ]


def test_no_line_is_lost() -> None:
    assert "\n".join(line for entry in found(Wanted()) for line in entry.lines) == LOG


@pytest.mark.parametrize(
    ("wanted", "messages"),
    [
        (Wanted("error"), ["request req_0e3f failed", "Traceback (most recent call last):"]),
        (
            Wanted(request="req_0a"),
            ["req_0a1b demo,demo default; 19 in, 66 out", "req_0a99 demo,demo default; 1 in, 2 out"],
        ),
        (Wanted("warning", "req_0a"), []),
        (Wanted("warning", "req_0c2d"), ["req_0c2d a,m failed: 503 try"]),
    ],
)
def test_what_is_asked_for(wanted: Wanted, messages: list[str]) -> None:
    assert [entry.message for entry in found(wanted)] == messages


def test_an_entry_for_programs_has_its_traceback_in_the_message() -> None:
    entry = found(Wanted(request="req_0c2d"))[0]
    assert entry.as_json() == {
        "time": "2026-11-25T14:42:04.000Z",
        "level": "warning",
        "request": "req_0c2d",
        "message": "req_0c2d a,m failed: 503 try\n  later",
    }
