"""What a health check found: each answer, and the last round of those in the background."""

from __future__ import annotations

from dataclasses import dataclass

from ccr_proxy.json_codec import JsonObject


@dataclass(frozen=True, slots=True)
class CheckResult:
    """What one check found. `outcome` is "ok", "failed" or "skipped"; `how` it was asked is "model list" or "request";
    `model` and `key` are "" where the model list spoke for all of them. `status` is 0 where no answer came."""

    provider: str
    model: str
    key: str
    outcome: str
    how: str
    status: int = 0
    milliseconds: int = 0
    message: str = ""

    def as_json(self) -> JsonObject:
        """For the API."""
        return {
            "provider": self.provider,
            "model": self.model,
            "key": self.key,
            "outcome": self.outcome,
            "how": self.how,
            "status": self.status,
            "ms": self.milliseconds,
            "message": self.message,
        }


@dataclass(frozen=True, slots=True)
class BackgroundCheck:
    """One round of checks that nobody asked for. `at` is when it began, in Unix seconds."""

    at: float
    results: tuple[CheckResult, ...]

    def as_json(self) -> JsonObject:
        """For the API."""
        return {"at": self.at, "checks": [result.as_json() for result in self.results]}
