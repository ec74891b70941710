"""Holds what a client saw of one request against what its providers did, and against the gateway's own record."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import takewhile

from ccr_proxy.availability.failures import Failure
from ccr_proxy.availability.trace import ANSWERED, BROKE_OFF, TAKEN_UP, AttemptRecord
from tests.chaos.provider import REFUSALS, ChaosProvider, Visit, serves
from tests.chaos.visitor import Outcome, Question
from tests.chaos.wire import ANTHROPIC

ERROR_TYPES = {
    400: "invalid_request_error", 401: "authentication_error", 402: "billing_error", 403: "permission_error",
    404: "not_found_error", 429: "rate_limit_error", 500: "api_error", 502: "api_error", 503: "overloaded_error",
    504: "timeout_error", 529: "overloaded_error",
}  # fmt: skip
# How a dead provider looks; the latter where its system took a connection that it did not live to see.
_WITHOUT_A_VISIT = (Failure.UNREACHABLE, Failure.FIRST_BYTE_TIMEOUT)
_TIMES_OUT = ("no headers", "silent before content", "silent after content")


@dataclass(frozen=True)
class Case:
    """One finished request: `could` are the candidates that would have answered it, `dying` the providers that were
    down or went down meanwhile."""

    outcome: Outcome
    visits: Sequence[Visit]
    trace: Sequence[AttemptRecord]
    providers: Mapping[str, ChaosProvider]
    could: Sequence[str]
    dying: frozenset[str]

    @property
    def question(self) -> Question:
        return self.outcome.question

    def check(self) -> str:
        """The kind of end it came to. Raises AssertionError when that end is not right."""
        self._check_account()
        if self.outcome.answered:
            return self._check_answer()
        if self.outcome.status == 200:
            return self._check_break()
        return self._check_refusal()

    def _check_answer(self) -> str:
        whole = [visit for visit in self.visits if visit.complete]
        if not whole:
            return self._check_silence()
        assert self.trace[-1].verdict == ANSWERED
        assert len(whole) == 1, "two providers gave the whole answer"
        assert whole[0] is self.visits[-1], "somebody was asked after the answer"
        assert self.outcome.said == whole[0].answer.said
        assert self.outcome.stop == ("tool_use" if self.question.kind == "call" else "end_turn")
        assert self.outcome.provider == whole[0].provider
        assert self.question.kind != "bad"
        return "answered"

    def _check_silence(self) -> str:
        """Anthropic ends a turn with no content when there is nothing to add: given only when nobody else answered."""
        assert not self.could, f"{self.could} could have answered: {self.outcome}"
        silent = {visit.provider for visit in self.visits if visit.act == "nothing in a 200"}
        assert self.outcome.provider in silent
        assert self.providers[self.outcome.provider].wire is ANTHROPIC
        assert self.outcome.said == ("", "")
        assert all(record.verdict != ANSWERED for record in self.trace)
        return "nothing to add"

    def _check_break(self) -> str:
        """An error after a start: only when content had gone out."""
        assert self.question.streams
        assert self.outcome.text, f"an error event, but nothing had been shown: {self.outcome.error}"
        shown = [visit for visit in self.visits if visit.shown.startswith(self.outcome.text)]
        assert shown, f"never sent: {self.outcome.text}"
        assert not any(visit.complete for visit in self.visits if visit.provider not in self.dying)
        last = self.visits[-1]
        assert (last.provider, last.model) == (shown[0].provider, shown[0].model), "another target after content"
        assert self.trace[-1].verdict == BROKE_OFF
        told = {"timeout_error" if last.act in _TIMES_OUT else "api_error"}
        assert self.outcome.error_type in told | ({"api_error"} if last.provider in self.dying else set())
        return "broken after content"

    def _check_refusal(self) -> str:
        status = self.outcome.status
        assert not any(visit.complete for visit in self.visits if visit.provider not in self.dying)
        assert self.question.kind == "bad" or not self.could, f"{self.could} could have answered: {self.outcome}"
        possible = {_status_of(visit) for visit in self.visits} | ({502, 504} if self.dying else set())
        assert status in possible, f"{status} was never said: {sorted(possible)}"
        assert self.outcome.error_type == ERROR_TYPES[status]
        assert self.outcome.error
        if status == 400:
            assert self.question.kind == "bad"
            assert [visit.act for visit in self.visits].count("400") == 1, "a wrong request was repeated"
        if any(visit.act == "429 with a date" for visit in self.visits) and status == 429:
            assert self.outcome.retry_after in ("", "20")
        return "refused as wrong" if status == 400 else "refused"

    def _check_account(self) -> None:
        """Every visit is an attempt in the trace, and every attempt a visit, but for connections that were refused."""
        tried = Counter(record.target.provider_name for record in self.trace if record.failure is not Failure.BUSY)
        refused = Counter(
            record.target.provider_name
            for record in self.trace
            if record.failure in _WITHOUT_A_VISIT and record.target.provider_name in self.dying
        )
        came = Counter(visit.provider for visit in self.visits)
        for name in {*tried, *came}:
            assert tried[name] - refused[name] <= came[name] <= tried[name], f"{name}: {tried} {came}"
        before_content = takewhile(lambda record: record.verdict not in (BROKE_OFF, TAKEN_UP), self.trace)
        failed = sum(1 for record in before_content if record.failure is not None)
        assert self.outcome.failed_attempts == failed, f"{self.outcome.failed_attempts} told, {failed} recorded"


def _status_of(visit: Visit) -> int:
    if visit.act in REFUSALS:
        return REFUSALS[visit.act][0]
    if visit.act in _TIMES_OUT:
        return 504
    return 500 if "error" in visit.act else 502


def could_answer(
    question: Question, targets: Sequence[tuple[str, str]], providers: Mapping[str, ChaosProvider], out: frozenset[str]
) -> list[str]:
    """The candidates of a plan that would answer; `out` are providers that are down, and rejected keys."""
    return [
        f"{name},{model} {key}"
        for name, model in targets
        for key in providers[name].keys
        if not {name, key} & out
        and serves(
            providers[name].conditions.act(key, model), providers[name].wire, question.kind, streams=question.streams
        )
    ]
