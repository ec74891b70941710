"""Everything that can be said about a configuration file without running what it names."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from pathlib import Path

from ccr_proxy.availability.problems import load_with_availability
from ccr_proxy.config.check import Checked, check
from ccr_proxy.config.paths import ccr_home
from ccr_proxy.config.problems import Finding, located
from ccr_proxy.errors import ConfigFault
from ccr_proxy.transformers.checks import faults_in
from ccr_proxy.transformers.custom_check import declared
from ccr_proxy.transformers.registry import BUILT_IN
from ccr_proxy.transformers.transformer import by_name


def check_everything(path: Path, environ: Mapping[str, str]) -> Checked:
    """All problems of the file at `path`: what `load` finds, rules, transformers, the custom router, availability."""
    try:
        loaded = load_with_availability(path, environ)
    except ConfigFault:
        return check(path, environ, faults_in)  # which says why
    own = declared(loaded.config.transformers, ccr_home())
    known = {**BUILT_IN, **by_name(own.transformers)}
    checked = check(path, environ, lambda uses: faults_in(uses, known))
    findings = [
        *(Finding(fault.severity, ("transformers", fault.index), fault.message, fault.hint) for fault in own.faults),
    ]
    problems = dict.fromkeys((*checked.problems, *loaded.problems, *located(findings, loaded.document)))
    in_order = sorted(problems, key=lambda problem: (problem.line, problem.column))
    return dataclasses.replace(checked, problems=tuple(in_order))
