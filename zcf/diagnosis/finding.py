"""One thing that was found, and what `zcf doctor --fix` would do about it."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path

from zcf.diagnosis.codes import KINDS, Group, Severity
from zcf.errors import Refusal


class Repair(Enum):
    """What can be put right without asking for anything but consent."""

    POINT_TO_GATEWAY = "point_to_gateway"
    APPROVE_KEY = "approve_key"
    FINISH_ONBOARDING = "finish_onboarding"
    GO_AROUND_PROXY = "go_around_proxy"
    CLOSE_FILE = "close_file"
    REMOVE_LEFTOVERS = "remove_leftovers"
    FORGET_RECORD = "forget_record"
    RESTART_GATEWAY = "restart_gateway"
    START_GATEWAY = "start_gateway"


@dataclass(frozen=True, slots=True)
class Finding:
    """`code` is one of KINDS; `values` fill the placeholders of its two sentences, what is wrong and the fix.

    `path` is the file it is about, if it is about one; `cause` fills `{reason}` where a file was refused.
    """

    code: str
    values: tuple[tuple[str, str], ...] = ()
    path: Path | None = None
    repair: Repair | None = None
    cause: Refusal | None = field(default=None, compare=False)

    @property
    def severity(self) -> Severity:
        """How bad it is."""
        return KINDS[self.code].severity

    @property
    def group(self) -> Group:
        """What it is about."""
        return KINDS[self.code].group


def finding(
    code: str,
    *,
    path: Path | None = None,
    repair: Repair | None = None,
    cause: Refusal | None = None,
    **values: object,
) -> Finding:
    """A finding with its placeholders filled."""
    return Finding(code, tuple((name, str(value)) for name, value in values.items()), path, repair, cause)
