"""All the ways of saying when to come back."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ccr_proxy.availability.retry_after import retry_after, stated_retry_after

NOW = 1_792_567_650.0  # Wed, 21 Oct 2026 07:27:30 GMT


@pytest.mark.parametrize(
    ("headers", "message", "seconds"),
    [
        ({}, "slow down", None),
        ({"Retry-After": "20"}, "", 20.0),
        ({"retry-after": "1.5"}, "", 1.5),
        ({"retry-after": "-3"}, "", 0.0),
        ({"retry-after": "soon"}, "", None),
        ({"retry-after": "nan"}, "", None),
        ({"retry-after": "99999999"}, "", None),
        ({"retry-after": "Wed, 21 Oct 2026 07:28:00 GMT"}, "", 30.0),
        ({"retry-after": "Wed, 21 Oct 2026 07:00:00 GMT"}, "", 0.0),
        ({"retry-after-ms": "1500", "retry-after": "2"}, "", 1.5),
        ({"x-ratelimit-reset-requests": "6m0s"}, "", 360.0),
        ({"x-ratelimit-reset-tokens": "20ms"}, "", 0.02),
        ({"x-ratelimit-reset-tokens": "1h2m3.5s"}, "", 3723.5),
        ({"x-ratelimit-reset-requests": "1s", "x-ratelimit-reset-tokens": "30s"}, "", 1.0),
        (
            {
                "x-ratelimit-reset-requests": "1s",
                "x-ratelimit-reset-tokens": "30s",
                "x-ratelimit-remaining-tokens": "0",
                "x-ratelimit-remaining-requests": "9",
            },
            "",
            30.0,
        ),
        ({"X-RateLimit-Reset": str(int(NOW + 42))}, "", 42.0),
        ({"X-RateLimit-Reset": str(int(NOW + 42) * 1000)}, "", 42.0),
        ({"ratelimit-reset": "50"}, "", 50.0),
        ({"anthropic-ratelimit-requests-reset": "2026-10-21T07:28:30Z"}, "", 60.0),
        ({"retry-after": "5", "x-ratelimit-reset": "50"}, "", 5.0),
        ({}, "Quota exceeded. Please retry in 34.07s.", 34.07),
        ({}, "Rate limit reached. Please try again in 6m0s. Visit …", 360.0),
        ({}, "Please try again in 350ms.", 0.35),
        ({}, "Please try again in 20 seconds.", 20.0),
        ({}, "Try again in a while", None),
    ],
)
def test_what_the_provider_says(headers: dict[str, str], message: str, seconds: float | None) -> None:
    assert retry_after(headers, message, NOW) == (None if seconds is None else pytest.approx(seconds))


def test_only_the_retry_after_headers_count_for_what_is_no_limit() -> None:
    assert stated_retry_after({"x-ratelimit-reset": "50", "date": "x"}, NOW) is None
    assert stated_retry_after({"x-ratelimit-reset": "50", "Retry-After-Ms": "250"}, NOW) == 0.25


@given(
    st.dictionaries(
        st.sampled_from(["retry-after", "retry-after-ms", "x-ratelimit-reset", "x-ratelimit-remaining"]), st.text()
    ),
    st.text() | st.from_regex(r"(retry|try again) in [\d.dhms]{1,20}"),
)
def test_nothing_that_a_provider_sends_breaks_it(headers: dict[str, str], message: str) -> None:
    seconds = retry_after(headers, message, NOW)
    assert seconds is None or 0 <= seconds <= 31 * 24 * 3600
