"""The same complaint once a minute, others at once."""

from __future__ import annotations

from ccr_proxy.server.complaints import Complaints


def test_a_complaint_is_made_once_a_minute() -> None:
    now = 0.0
    complaints = Complaints(lambda: now)
    assert complaints.is_due("a")
    assert complaints.is_due("b")
    now = 59.0
    assert not complaints.is_due("a")
    now = 60.0
    assert complaints.is_due("a")
    assert not complaints.is_due("a")
