"""The help texts of every command, as they stand in docs/commands.md.

`python -m tests.help_blocks` writes them there anew; `tests/test_docs.py` checks that nothing has to be written.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import click

from ccr_proxy.commands.group import ccr
from tests.markdown_tables import DOCS
from zcf.cli import ALIASES, group
from zcf.i18n import Texts

COMMANDS_PAGE = DOCS / "commands.md"
_WIDTH = 90


def commands() -> Iterator[tuple[str, click.Command, click.Context]]:
    """Every command as people type it (`zcf`, `zcf init`, `ccr start`), and its context."""
    for root, name in ((group(Texts("en")), "zcf"), (ccr, "ccr")):
        yield from _below(
            root, click.Context(root, info_name=name, terminal_width=_WIDTH, **root.context_settings), name
        )


def _below(
    command: click.Command, context: click.Context, name: str
) -> Iterator[tuple[str, click.Command, click.Context]]:
    yield name, command, context
    if not isinstance(command, click.Group):
        return
    for verb in command.list_commands(context):
        inner = command.get_command(context, verb)
        assert inner is not None
        inner_context = click.Context(inner, info_name=verb, parent=context, terminal_width=_WIDTH)
        yield from _below(inner, inner_context, f"{name} {verb}")


def aliases() -> dict[str, str]:
    """Short names of commands, as people type them, to the long ones."""
    return {f"zcf {short}": f"zcf {name}" for short, name in ALIASES.items()}


def with_help(page: str) -> str:
    """The page with the fenced block below each command's heading replaced by its help text."""
    for name, command, context in commands():
        help_text = "\n".join(line.rstrip() for line in command.get_help(context).splitlines())
        pattern = re.compile(
            rf"(^### {re.escape(name)}\n(?:(?!#)[^\n]*\n)*?```text\n).*?(^```$)", re.MULTILINE | re.DOTALL
        )
        found = pattern.search(page)
        if found is None:
            raise LookupError(f"no heading '### {name}' with a text block in the page")
        page = f"{page[: found.end(1)]}{help_text}\n{page[found.start(2) :]}"
    return page


if __name__ == "__main__":
    COMMANDS_PAGE.write_text(with_help(COMMANDS_PAGE.read_text(encoding="utf-8")), encoding="utf-8")
