"""When a provider wants to be asked again, in whichever of the usual ways it says so.

retry-after-ms: 1500                                 OpenAI, Azure
retry-after: 20 | Wed, 21 Oct 2026 07:28:00 GMT      RFC 9110, section 10.2.3
x-ratelimit-reset-tokens: 6m0s | 20ms                OpenAI, Groq: a duration
x-ratelimit-reset: 1767225600 | 1767225600000        a moment, in Unix seconds or milliseconds (OpenRouter)
anthropic-ratelimit-requests-reset: 2026-…T…Z        RFC 3339
"Please retry in 34.07s" / "try again in 6m0s"       only in the message (Gemini, OpenAI)
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

# Nobody means a longer wait than this seriously; a number beyond it is a moment in another unit.
_LONGEST = 31 * 24 * 3600.0
# Unix time in seconds stays below this for three thousand years, in milliseconds it has been above since 1973.
_MILLISECONDS_FROM = 1e11
_DURATION = re.compile(r"(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m(?!s))?(?:(\d+(?:\.\d+)?)s)?(?:(\d+(?:\.\d+)?)ms)?", re.ASCII)
_PARTS_IN_SECONDS = (86_400.0, 3_600.0, 60.0, 1.0, 0.001)
_IN_WORDS = re.compile(r"(?:retry|try again) (?:in|after) ([\d.]+(?:[dhms]|ms)[\d.dhms]*|\d+ ?seconds?)", re.IGNORECASE)


def retry_after(headers: Mapping[str, str], message: str, unix_time: float) -> float | None:
    """Seconds until the provider wants to be asked again, never negative; None when it does not say.

    `headers` are those of the answer (any letter case); `unix_time` is now, in seconds.
    """
    found = stated_retry_after(headers, unix_time)
    if found is None:
        found = _reset({name.lower(): value.strip() for name, value in headers.items()}, unix_time)
    return _in_words(message) if found is None else found


def stated_retry_after(headers: Mapping[str, str], unix_time: float) -> float | None:
    """The same, from the Retry-After headers only: the other ways also stand in answers that are not about a limit."""
    lower = {name.lower(): value.strip() for name, value in headers.items() if name.lower().startswith("retry-after")}
    found = _milliseconds(lower.get("retry-after-ms", ""))
    return _seconds_or_date(lower.get("retry-after", ""), unix_time) if found is None else found


def _milliseconds(text: str) -> float | None:
    number = _number(text)
    return None if number is None else _sensible(number / 1000)


def _seconds_or_date(text: str, unix_time: float) -> float | None:
    number = _number(text)
    if number is not None:
        return _sensible(number)
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, IndexError, TypeError, OverflowError):
        return None
    return _until(moment, unix_time)


def _reset(headers: Mapping[str, str], unix_time: float) -> float | None:
    """The reset of the limit that is used up; of several the longest. When no header tells which, the shortest."""
    resets = dict(_resets(headers, unix_time))
    used_up = [seconds for name, seconds in resets.items() if _is_used_up(name, headers)]
    return max(used_up) if used_up else min(resets.values(), default=None)


def _resets(headers: Mapping[str, str], unix_time: float) -> Iterator[tuple[str, float]]:
    for name, value in headers.items():
        if "ratelimit" in name and "reset" in name:
            seconds = _moment_or_duration(value, unix_time)
            if seconds is not None:
                yield name, seconds


def _is_used_up(name: str, headers: Mapping[str, str]) -> bool:
    return _number(headers.get(name.replace("reset", "remaining"), "")) == 0


def _moment_or_duration(text: str, unix_time: float) -> float | None:
    number = _number(text)
    if number is not None:
        if number > _MILLISECONDS_FROM:
            number /= 1000
        return _sensible(number - unix_time if number > _LONGEST else number)
    seconds = _duration(text)
    if seconds is not None:
        return seconds
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return _until(moment, unix_time)


def _in_words(message: str) -> float | None:
    found = _IN_WORDS.search(message[:4000])
    if not found:
        return None
    text = found[1].rstrip(".")
    return _sensible(float(text.split()[0])) if "second" in text.lower() and " " in text else _duration(text)


def _duration(text: str) -> float | None:
    found = _DURATION.fullmatch(text)
    if not found or not any(found.groups()):
        return None
    return _sensible(
        sum(float(part) * seconds for part, seconds in zip(found.groups(), _PARTS_IN_SECONDS, strict=True) if part)
    )


def _until(moment: datetime, unix_time: float) -> float | None:
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return _sensible(aware.timestamp() - unix_time)


def _number(text: str) -> float | None:
    try:
        number = float(text)
    except ValueError:
        return None
    return number if math.isfinite(number) else None


def _sensible(seconds: float) -> float | None:
    return max(seconds, 0.0) if seconds <= _LONGEST else None
