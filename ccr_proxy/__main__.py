"""The `ccr` command and `python -m ccr_proxy`."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from ccr_proxy.version import __version__


def main(arguments: Sequence[str] | None = None) -> int:
    """Run `ccr` with `arguments` (default: those of this process); returns the exit code."""
    given = sys.argv[1:] if arguments is None else list(arguments)
    if given in (["-v"], ["--version"], ["version"]):
        # Nothing else is imported for this: it is asked by scripts and by every shell prompt that shows versions.
        sys.stdout.write(f"ccr_proxy version: {__version__}\n")
        return 0
    from ccr_proxy.commands.entry import run

    return run(given)


if __name__ == "__main__":
    sys.exit(main())
