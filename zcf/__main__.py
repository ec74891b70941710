"""The entry point. `--version` answers before anything heavy is imported."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from ccr_proxy.version import __version__


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command line; returns the exit code (0 done, 1 failed, 2 wrong use, 130 cancelled)."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    if given in (["--version"], ["-v"]):
        print(f"zcf {__version__}")  # noqa: T201 - click is not loaded for this
        return 0
    try:
        from zcf.cli import run

        return run(given)
    except KeyboardInterrupt:
        # So early that there is no language yet.
        print("Cancelled.", file=sys.stderr)  # noqa: T201 - as above
        return 130


if __name__ == "__main__":
    raise SystemExit(main())
