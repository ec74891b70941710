"""Asking a gateway to stop."""

from __future__ import annotations

from typing import Any

from ccr_proxy.service.stop_requests import StopRequests, ask_by_file, stop_file, watch_stop_file


async def test_the_first_request_is_gentle_the_second_is_not() -> None:
    requests = StopRequests()
    assert not requests.first.is_set()
    requests.add()
    assert (requests.first.is_set(), requests.second.is_set()) == (True, False)
    requests.add()
    assert requests.second.is_set()


async def test_a_stop_file_stops_the_instance_it_names_and_no_other(home: Any) -> None:
    requests = StopRequests()
    looks: list[float] = []

    async def sleep(seconds: float) -> None:
        looks.append(seconds)
        ask_by_file("another" if len(looks) < 3 else "abc")

    await watch_stop_file(requests, "abc", sleep)
    assert len(looks) == 3
    assert requests.first.is_set()
    assert not stop_file().exists()
