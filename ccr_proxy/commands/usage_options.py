"""The command line of `ccr usage` and `zcf ccu`: ccusage's options, with explanations in any language."""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from zoneinfo import ZoneInfo, available_timezones

import click

from ccr_proxy.commands.usage_words import Words

REPORTS = ("daily", "weekly", "monthly", "session", "blocks", "models", "projects")
PERIODS = ("daily", "weekly", "monthly")
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_MODES = ("auto", "calculate", "display")
# Which options belong to which reports; all others are for every report.
_ONLY_FOR = {
    "last": (*PERIODS, "session", "blocks"),
    "instances": PERIODS,
    "start_of_week": ("weekly",),
    "order": (*PERIODS, "session", "blocks", "projects"),
    "active": ("blocks",),
    "recent": ("blocks",),
    "token_limit": ("blocks",),
    "session_length": ("blocks",),
}


@dataclass(frozen=True, slots=True)
class Asked:
    """What was typed, checked. `token_limit` is 0 for `max`, None for none; `zone` is None for the computer's own."""

    report: str
    since: date | None
    until: date | None
    last: int | None
    zone: tzinfo | None
    start_of_week: int
    latest_first: bool
    project: str | None
    instances: bool
    breakdown: bool
    mode: str
    active: bool
    recent: bool
    token_limit: int | None
    session_length: float
    compact: bool
    as_json: bool
    as_csv: bool
    no_cache: bool


def usage_parameters(words: Words) -> list[click.Parameter]:
    """The argument and the options; `asked` reads their values."""

    def option(name: str, *spellings: str, **more: object) -> click.Option:
        return click.Option([name, *spellings], help=words(f"help_{name.removeprefix('as_')}"), **more)  # type: ignore[arg-type]

    def flag(name: str, *spellings: str) -> click.Option:
        return option(name, *spellings, is_flag=True)

    day = _Day(words)
    return [
        click.Argument(["report"], type=click.Choice(REPORTS), default="daily", metavar="[REPORT]"),
        option("since", "--since", "-s", type=day, metavar="DAY"),
        option("until", "--until", "-u", type=day, metavar="DAY"),
        option("last", "--last", type=click.IntRange(min=1), metavar="N"),
        option("timezone", "--timezone", "-z", type=_Zone(words), metavar="ZONE"),
        option("start_of_week", "--start-of-week", type=click.Choice(WEEKDAYS), default="sunday", show_default=True),
        option("order", "--order", "-o", type=click.Choice(["asc", "desc"]), default="asc", show_default=True),
        option("project", "--project", "-p", metavar="NAME"),
        flag("instances", "--instances", "-i"),
        flag("breakdown", "--breakdown", "-b"),
        option("mode", "--mode", "-m", type=click.Choice(_MODES), default="auto", show_default=True),
        flag("offline", "--offline", "-O"),
        flag("active", "--active", "-a"),
        flag("recent", "--recent", "-r"),
        option("token_limit", "--token-limit", "-t", type=_Limit(words), metavar="N|max"),
        option("session_length", "--session-length", "-n", type=_Hours(words), metavar="HOURS", default="5"),
        flag("compact", "--compact"),
        flag("as_json", "--json", "-j"),
        flag("as_csv", "--csv"),
        flag("no_cache", "--no-cache"),
    ]


def asked(context: click.Context, words: Words) -> Asked:
    """The values of a command line. Raises click.UsageError for an option that the report does not have."""
    given = context.params
    for name, reports in _ONLY_FOR.items():
        if (
            given["report"] not in reports
            and context.get_parameter_source(name) is click.core.ParameterSource.COMMANDLINE
        ):
            option = f"--{name.replace('_', '-')}"
            raise click.UsageError(words("not_for_report", report=given["report"], option=option), context)
    plain = {name: value for name, value in given.items() if name in Asked.__slots__}
    return Asked(
        **{
            **plain,
            "zone": given["timezone"],
            "start_of_week": WEEKDAYS.index(given["start_of_week"]),
            "latest_first": given["order"] == "desc",
        }
    )


class _Worded(click.ParamType):  # type: ignore[type-arg,unused-ignore]
    """A value whose faults are told in the language of the command."""

    name = "value"

    def __init__(self, words: Words) -> None:
        self.words = words


class _Day(_Worded):
    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> date:
        if re.fullmatch(r"\d{8}|\d{4}-\d\d-\d\d", value):
            try:
                return datetime.strptime(value.replace("-", ""), "%Y%m%d").date()  # noqa: DTZ007 - a day has no zone
            except ValueError:
                pass
        raise click.BadParameter(self.words("bad_day", value=value), ctx, param)


class _Zone(_Worded):
    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> tzinfo:
        try:
            return ZoneInfo(value)
        except (ValueError, OSError, LookupError):
            close = difflib.get_close_matches(value, available_timezones(), n=1)
            suggestion = self.words("did_you_mean", name=close[0]) if close else ""
            raise click.BadParameter(self.words("bad_zone", value=value, suggestion=suggestion), ctx, param) from None


class _Limit(_Worded):
    def convert(self, value: str | int, param: click.Parameter | None, ctx: click.Context | None) -> int:
        text = str(value)
        if text == "max":
            return 0
        if text.isdecimal() and int(text) > 0:
            return int(text)
        raise click.BadParameter(self.words("bad_limit", value=value), ctx, param)


class _Hours(_Worded):
    def convert(self, value: str | float, param: click.Parameter | None, ctx: click.Context | None) -> float:
        if re.fullmatch(r"\d{1,3}(\.\d{1,4})?", str(value)) and float(value) > 0 and float(value) * 4 % 1 == 0:
            return float(value)
        raise click.BadParameter(self.words("bad_length", value=value), ctx, param)
