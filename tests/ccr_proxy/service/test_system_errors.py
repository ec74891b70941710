"""What the operating system refused, in one line."""

from __future__ import annotations

import errno

import pytest

from ccr_proxy.service.system_errors import system_error_text


@pytest.mark.parametrize(
    ("error", "text"),
    [
        (PermissionError(errno.EACCES, "Permission denied", "/a/b.json"), "/a/b.json: Permission denied"),
        (OSError(errno.ENOSPC, "No space left on device"), "No space left on device"),
        (OSError("odd"), "odd"),
        (OSError(), "OSError"),
    ],
)
def test_the_file_and_the_reason_without_numbers(error: OSError, text: str) -> None:
    assert system_error_text(error) == text
