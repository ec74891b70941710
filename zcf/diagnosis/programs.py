"""Programs that are named like ours."""

from __future__ import annotations

from collections.abc import Iterator

from zcf.diagnosis.facts import Facts
from zcf.diagnosis.finding import Finding, finding


def ccr_in_path(facts: Facts) -> Iterator[Finding]:
    """What a shell starts for `ccr`."""
    programs = facts.programs
    if programs.ccr is None:
        yield finding("ccr-not-in-path")
    elif programs.ccr_is_ours is False:
        yield finding("ccr-foreign-first", path=programs.ccr, file=programs.ccr)


def npm_packages(facts: Facts) -> Iterator[Finding]:
    """Version 3 of npm's router is another program; and there is a package that only sounds like it."""
    programs = facts.programs
    version = programs.npm_ccr_version or ""
    if programs.npm_ccr is not None and version.partition(".")[0].isdigit() and int(version.partition(".")[0]) >= 3:
        yield finding("npm-ccr-3", path=programs.npm_ccr, version=version, file=programs.npm_ccr)
    if programs.wrong_package is not None:
        yield finding("npm-wrong-package", path=programs.wrong_package, file=programs.wrong_package)
