"""All checks, in the order in which they are shown."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from zcf.diagnosis import (
    claude,
    configuration,
    credentials,
    files,
    gateway,
    own,
    programs,
    providers,
    shell,
)
from zcf.diagnosis.codes import Group
from zcf.diagnosis.facts import Facts
from zcf.diagnosis.finding import Finding


@dataclass(frozen=True, slots=True)
class Check:
    """One question; `name` is the end of its key in the catalogs, `doctor.check_NAME`."""

    name: str
    group: Group
    ask: Callable[[Facts], Iterable[Finding]]


CHECKS = (
    Check("files", Group.CLAUDE, claude.unreadable_files),
    Check("address", Group.CLAUDE, claude.address),
    Check("key", Group.CLAUDE, credentials.accepted),
    Check("approval", Group.CLAUDE, credentials.approved),
    Check("one_key", Group.CLAUDE, credentials.only_one),
    Check("cloud", Group.CLAUDE, claude.cloud),
    Check("models", Group.CLAUDE, claude.models),
    Check("onboarding", Group.CLAUDE, claude.first_questions),
    Check("project", Group.CLAUDE, claude.project),
    Check("version", Group.CLAUDE, claude.program),
    Check("variables", Group.SHELL, shell.variables),
    Check("proxy", Group.SHELL, shell.proxy),
    Check("path", Group.PROGRAMS, programs.ccr_in_path),
    Check("npm", Group.PROGRAMS, programs.npm_packages),
    Check("port", Group.GATEWAY, gateway.port),
    Check("process", Group.GATEWAY, gateway.running),
    Check("records", Group.GATEWAY, gateway.records),
    Check("config", Group.CONFIGURATION, configuration.problems),
    Check("access", Group.CONFIGURATION, configuration.access),
    Check("answers", Group.PROVIDERS, providers.answers),
    Check("modes", Group.FILES, files.modes),
    Check("memory", Group.ZCF, own.memory),
    Check("interrupted", Group.ZCF, own.interrupted),
)


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """The outcome: `passed` are the checks that found nothing, findings are the mildest first."""

    passed: tuple[Check, ...]
    findings: tuple[Finding, ...]


def diagnose(facts: Facts, checks: Iterable[Check]) -> Diagnosis:
    """Ask these checks."""
    outcomes = [(check, tuple(check.ask(facts))) for check in checks]
    findings = [finding for _, found in outcomes for finding in found]
    return Diagnosis(
        tuple(check for check, found in outcomes if not found),
        tuple(sorted(dict.fromkeys(findings), key=lambda finding: finding.severity)),
    )
