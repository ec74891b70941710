"""Runs one `ccr` command line: what a verb returns or raises becomes text and an exit code.

Exit codes: 0 done, 1 failed, 2 wrong use, 130 cancelled.
"""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Sequence

import click

from ccr_proxy.commands.group import ccr
from ccr_proxy.commands.options import Settings
from ccr_proxy.commands.report import FaultReport, Report, render, render_fault
from ccr_proxy.commands.streams import write_what_cannot_be_shown_as_escapes
from ccr_proxy.errors import ConfigFault, GatewayError, ServiceFault
from ccr_proxy.service.system_errors import system_error_text


def run(arguments: Sequence[str]) -> int:
    """Run the verb that `arguments` name and return the exit code."""
    write_what_cannot_be_shown_as_escapes()
    settings = Settings()
    try:
        return _run(arguments, settings)
    except (KeyboardInterrupt, click.Abort):
        sys.stderr.write("cancelled\n")
        return 130
    except BrokenPipeError:
        # The reader (`ccr help | head`) has seen enough; nothing can be told to it any more.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1


def _run(arguments: Sequence[str], settings: Settings) -> int:
    try:
        outcome = ccr.main(list(arguments), prog_name="ccr", standalone_mode=False, obj=settings)
        return _tell(outcome, settings)
    except click.ClickException as error:
        error.show(sys.stderr)
        return error.exit_code
    except BrokenPipeError:
        raise
    except (ConfigFault, ServiceFault, GatewayError, OSError) as error:
        if settings.debug:
            traceback.print_exc()
        fault = FaultReport(_message(error), getattr(error, "log_tail", ()))
        render_fault(fault, as_json=settings.as_json, output=sys.stdout, errors=sys.stderr)
        return fault.exit_code


def _tell(outcome: object, settings: Settings) -> int:
    if isinstance(outcome, Report):
        render(outcome, as_json=settings.as_json, output=sys.stdout)
        sys.stdout.flush()
        return outcome.exit_code
    return outcome if isinstance(outcome, int) else 0


def _message(error: Exception) -> str:
    """One line, whatever the error's text looks like."""
    text = system_error_text(error) if isinstance(error, OSError) else str(error)
    return " ".join(text.split()) or type(error).__name__
