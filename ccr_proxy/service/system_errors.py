"""What the operating system refused, as people read it."""

from __future__ import annotations


def system_error_text(error: OSError) -> str:
    """`/the/file: Permission denied`, without the number and the quotes of Python's own form."""
    reason = error.strerror or str(error) or type(error).__name__
    return f"{error.filename}: {reason}" if error.filename else reason
