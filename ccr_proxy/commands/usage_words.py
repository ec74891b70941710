"""What `ccr usage` says, in English. `zcf ccu` says the same in the language of the wizard, under `usage.NAME`."""

from __future__ import annotations

from typing import Protocol


class Words(Protocol):
    """A sentence by its name, with the values of its placeholders."""

    def __call__(self, name: str, /, **values: object) -> str:
        """The sentence. Raises KeyError for a name that is not known."""


ENGLISH = {
    "help": "What Claude Code's transcripts say was used, and what that costs.\n\n"
    "REPORT is daily (unless another is named), weekly, monthly, session, blocks, models or projects.",
    "help_since": "First day, as 20261125 or 2026-11-25.",
    "help_until": "Last day.",
    "help_last": "Only the last N days, weeks or months, this one included; the last N sessions or blocks.",
    "help_timezone": "Time zone of the days, as Europe/Berlin.  [default: the computer's]",
    "help_start_of_week": "Day with which weeks begin.",
    "help_order": "Earliest first, or latest.",
    "help_project": "Only this project: its folder's path or name, or the end of it.",
    "help_instances": "Each project by itself (daily, weekly and monthly).",
    "help_breakdown": "A line for each model below each line.",
    "help_mode": "Cost: what Claude Code wrote down, else by price (auto); by price (calculate); as written (display).",
    "help_offline": "Accepted because ccusage has it; prices are always those that came with zcf.",
    "help_active": "Blocks: only the present one.",
    "help_recent": "Blocks: only those of the last three days.",
    "help_token_limit": "Blocks: show how much of N tokens was used; max is the most of any block before.",
    "help_session_length": "Blocks: their length in hours, whole quarters.",
    "help_compact": "The narrow table.",
    "help_json": "Print the JSON of ccusage.",
    "help_csv": "Print CSV.",
    "help_no_cache": "Read every transcript anew, and remember nothing.",
    "title_daily": "Usage by day",
    "title_weekly": "Usage by week",
    "title_monthly": "Usage by month",
    "title_session": "Usage by session",
    "title_blocks": "Usage in blocks of {hours} hours",
    "title_models": "Usage by model",
    "title_projects": "Usage by project",
    "head_daily": "Day",
    "head_weekly": "Week of",
    "head_monthly": "Month",
    "head_session": "Session",
    "head_blocks": "From",
    "head_models": "Model",
    "head_projects": "Project",
    "head_project": "Project",
    "head_models_used": "Models",
    "head_input": "Input",
    "head_output": "Output",
    "head_written": "Cache write",
    "head_read": "Cache read",
    "head_tokens": "Tokens",
    "head_cost": "Cost",
    "head_last_use": "Last use",
    "head_limit": "Of limit",
    "total": "Total",
    "unknown": "unknown",
    "pause": "pause of {duration}",
    "active": "now",
    "hours_minutes": "{hours} h {minutes:02d} min",
    "unpriced": "No price is known for {models}; a cost with + lacks it. Prices can be given in the configuration, "
    "under usage.prices.",
    "outlook": "This block ends in {duration}. So far {tokens} tokens a minute and {cost} an hour; at this pace "
    "{all_tokens} tokens and {all_cost} at its end.",
    "nothing_written": "No transcripts in {folders}. Claude Code writes them as soon as it is used; CLAUDE_CONFIG_DIR "
    "names another folder.",
    "nothing_found": "Nothing was used in what was asked for. The transcripts in {folders} are from {first} to {last}.",
    "unreadable": "warning: {path} is not counted: {reason}",
    "no_prices": "warning: prices of the configuration are not used: {reason}",
    "bad_day": "{value} is no day; write it as 20261125 or 2026-11-25",
    "bad_zone": "{value} is no time zone{suggestion}; write it as Europe/Berlin or UTC",
    "bad_length": "{value} is not a number of hours in whole quarters, as 5 or 2.5",
    "bad_limit": "{value} is neither a number of tokens nor max",
    "no_project": "no project {value}{suggestion}; `projects` lists them",
    "not_for_report": "{report} has no {option}",
    "did_you_mean": " (did you mean {name}?)",
}


def english(name: str, /, **values: object) -> str:
    """The sentence in English."""
    return ENGLISH[name].format(**values)
