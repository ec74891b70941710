"""What the wizard refuses, and with which exit code.

Exit codes of every command: 0 done, 1 failed, 2 used wrongly, 130 cancelled by the user.
"""

from __future__ import annotations

from dataclasses import dataclass, field

EXIT_DONE = 0
EXIT_FAILED = 1
EXIT_WRONG_USE = 2
EXIT_CANCELLED = 130


@dataclass
class Refusal(Exception):
    """The step cannot be done; nothing was changed unless the sentence says otherwise.

    `sentence` is a key of the catalogs in `zcf/i18n`, `values` fill its placeholders.
    """

    sentence: str
    values: dict[str, object] = field(default_factory=dict)
    exit_code: int = EXIT_FAILED

    def __post_init__(self) -> None:
        super().__init__(self.sentence, self.values)


def wrong_use(sentence: str, **values: object) -> Refusal:
    """A refusal because of the command line itself."""
    return Refusal(sentence, values, EXIT_WRONG_USE)


def refused(sentence: str, **values: object) -> Refusal:
    """A refusal because of what was found."""
    return Refusal(sentence, values, EXIT_FAILED)
