"""What was tried for one request, and what came of it: for `ccr explain`, answer headers and the log."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from ccr_proxy.availability.failures import Failure
from ccr_proxy.protocols.usage import Usage
from ccr_proxy.routing.targets import Target

ANSWERED = "answered"
BROKE_OFF = "broke off after content"
CHANGED = "asked again, changed"
TAKEN_UP = "asked again for the rest"
ABANDONED = "abandoned"


@dataclass(frozen=True, slots=True)
class AttemptRecord:
    """One attempt. `status` is the HTTP status, 200 for an answer and 0 when none came; `verdict` is what followed:
    a Step in words, ANSWERED, BROKE_OFF (content had gone out), ABANDONED (the client left), or that the same was asked
    once more: CHANGED after a refusal that tells how, TAKEN_UP after a break behind content. Times are in milliseconds;
    `pause` was waited before this attempt, `first_token` is None without content.
    `usage` is None where it is not known whether and how many tokens were taken."""

    target: Target
    key_label: str
    status: int
    failure: Failure | None
    error: str
    milliseconds: int
    verdict: str
    first_token: int | None = None
    pause: int = 0
    usage: Usage | None = None

    def as_json(self) -> dict[str, object]:
        """For the API and the trace file."""
        return {
            "provider": self.target.provider_name,
            "model": self.target.model,
            "key": self.key_label,
            "status": self.status,
            "failure": self.failure.value if self.failure else None,
            "error": self.error,
            "ms": self.milliseconds,
            "first_token_ms": self.first_token,
            "pause_ms": self.pause,
            "verdict": self.verdict,
        }


@dataclass(slots=True)
class Trace:
    """The attempts of one request, in order."""

    attempts: list[AttemptRecord] = field(default_factory=list)

    def __iter__(self) -> Iterator[AttemptRecord]:
        return iter(self.attempts)

    def __len__(self) -> int:
        return len(self.attempts)

    def amend(self, record: AttemptRecord, usage: Usage) -> AttemptRecord:
        """Note what an attempt took that was written down before that was known. Returns the record as it is now."""
        amended = replace(record, usage=usage)
        self.attempts[self.attempts.index(record)] = amended
        return amended

    @property
    def moved(self) -> bool:
        """Whether the request left its first target."""
        return len({record.target for record in self.attempts}) > 1

    def header(self, most: int = 1000) -> str:
        """One line of ASCII for an answer header: `openai,gpt-5 #1 429 rate_limited; zai,glm-5 #1 200`."""
        parts = [
            " ".join(filter(None, (str(each.target), each.key_label, str(each.status or "-"), each.failure or "")))
            for each in self.attempts
        ]
        text = "; ".join(parts).replace("…", "...")
        line = "".join(character if " " <= character <= "~" else "?" for character in text)
        return line if len(line) <= most else line[: most - 3] + "..."

    def lines(self) -> list[str]:
        """One line per attempt, for people."""
        return [
            f"{number}. {each.target} {each.key_label}: {_outcome(each)}, {each.milliseconds} ms -> {each.verdict}"
            for number, each in enumerate(self.attempts, 1)
        ]


def _outcome(record: AttemptRecord) -> str:
    if record.failure is None:
        return str(record.status or "no answer")
    return f"{record.status or 'no answer'} {record.failure.value}: {record.error}"
