"""Everything that is wrong with a configuration file, for `ccr config check`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from ccr_proxy.config import checks
from ccr_proxy.config.custom_router import check_custom_router
from ccr_proxy.config.document import DocumentError
from ccr_proxy.config.load import LoadedConfig, load
from ccr_proxy.config.problems import Finding, Problem, located
from ccr_proxy.config.schema import TransformerUse
from ccr_proxy.errors import ConfigFault

FaultsInUses = Callable[[Iterable[TransformerUse]], Iterable[checks.TransformerFault]]


@dataclass(frozen=True, slots=True)
class Checked:
    """All problems, in the order of the file; `loaded` is None when the file cannot be read at all."""

    path: Path
    loaded: LoadedConfig | None
    problems: tuple[Problem, ...]

    @property
    def lines(self) -> tuple[str, ...]:
        """One line for each problem, with file, line and column."""
        return tuple(problem.text(str(self.path)) for problem in self.problems)


def check(path: Path, environ: Mapping[str, str], faults_in_uses: FaultsInUses) -> Checked:
    """Check the file at `path`. `faults_in_uses` tells what is wrong with a list of transformers
    (`ccr_proxy.transformers.checks.faults_in`). Runs nothing that the file names."""
    try:
        loaded = load(path, environ)
    except DocumentError as fault:
        return Checked(path, None, (Problem("error", (), fault.line, fault.column, f"not valid JSON: {fault.reason}"),))
    except ConfigFault as fault:
        message = fault.message.removeprefix(f"{path}: ")
        return Checked(path, None, (Problem("error", (), 1, 1, message),))
    found: list[Finding] = [*checks.transformers(loaded.document.value, faults_in_uses)]
    router = check_custom_router(loaded.config, path)
    if router is not None:
        found.append(router)
    problems = dict.fromkeys((*loaded.problems, *located(found, loaded.document)))
    return Checked(path, loaded, tuple(sorted(problems, key=lambda problem: (problem.line, problem.column))))
