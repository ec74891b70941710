"""Run the client lab's scenarios with all upstream dialects.

    python -m tests.client_lab LAB [PROFILE...] [arguments of run_scenarios.py]

LAB is the folder of the client lab (`../shared/client-lab`). PROFILE is a JSON file or one of `openai`, `anthropic`,
`responses` and `gemini`; several run one after the other, none means all four. A profile without a port gets a free
one. The exit code is 0 when nothing failed but what `KNOWN` names.
"""

from __future__ import annotations

import subprocess
import sys

ALL = ("openai", "anthropic", "responses", "gemini")
# By the profile's upstream and the scenario: why it fails, and that it is no news.
KNOWN = {
    ("openai", "parallel_tools_interleaved"): "the file is to end in a blank, which Claude Code's Write strips",
}


def main() -> int:
    """Run each profile in a process of its own; the exit code says whether any scenario failed."""
    if len(sys.argv) < 2 or sys.argv[1].startswith("-"):
        print(__doc__, file=sys.stderr)
        return 2
    lab, *rest = sys.argv[1:]
    count = next((position for position, word in enumerate(rest) if word.startswith("-")), len(rest))
    return run_each(lab, rest[:count] or list(ALL), rest[count:])


def run_each(lab: str, profiles: list[str], arguments: list[str]) -> int:
    """Run the profiles, show what they say, and the totals together at the end."""
    totals, failures = [], []
    for profile in profiles:
        lines, code = _shown([sys.executable, "-u", "-m", "tests.client_lab.one_profile", lab, profile, *arguments])
        total = next((line for line in reversed(lines) if " PASS, " in line), None)
        failed = [line.split()[2] for line in lines if line.startswith("FAIL ")]
        totals += [total or f"# {profile}: no totals, exit code {code}"]
        known = {name: why for (upstream, name), why in KNOWN.items() if f" upstream={upstream} " in "".join(lines)}
        totals += [f"  {name} fails: {known[name]}" for name in failed if name in known]
        failures += [f"{profile}: {name}" for name in failed if name not in known]
        failures += [f"{profile}: broke off with exit code {code}"] if code and not failed else []
    print("", *totals, *(f"FAILED {failure}" for failure in failures), sep="\n")
    return 1 if failures else 0


def _shown(command: list[str]) -> tuple[list[str], int]:
    lines = []
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, encoding="utf-8") as process:
        assert process.stdout is not None
        for line in process.stdout:
            print(line, end="", flush=True)
            lines.append(line.rstrip("\n"))
    return lines, process.returncode


if __name__ == "__main__":
    sys.exit(main())
