"""What stands in which menu. A new command is one line here."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Item:
    """A line of a menu. `key` is its shortcut, a digit or a small letter, `sentence` its text; `command` is the command
    line that does it, another menu (`("menu", NAME)`), or empty for leaving."""

    key: str
    sentence: str
    command: tuple[str, ...]


LEAVE: tuple[str, ...] = ()

MENUS: dict[str, tuple[Item, ...]] = {
    "main": (
        Item("1", "menu.item_init", ("zcf", "init")),
        Item("2", "menu.item_ccr", ("menu", "ccr")),
        Item("3", "menu.item_api", ("zcf", "api")),
        Item("4", "menu.item_official", ("zcf", "api", "official")),
        Item("5", "menu.item_to_ccr", ("zcf", "api", "ccr")),
        Item("6", "menu.item_history", ("zcf", "history")),
        Item("7", "menu.item_undo", ("zcf", "undo")),
        Item("8", "menu.item_doctor", ("zcf", "doctor")),
        Item("9", "menu.item_usage", ("zcf", "ccu")),
        Item("u", "menu.item_updates", ("zcf", "check-updates")),
        Item("x", "menu.item_uninstall", ("zcf", "uninstall")),
        Item("q", "menu.item_quit", LEAVE),
    ),
    "ccr": (
        Item("1", "menu.item_init", ("zcf", "init")),
        Item("2", "menu.item_start", ("ccr", "start")),
        Item("3", "menu.item_stop", ("ccr", "stop")),
        Item("4", "menu.item_restart", ("ccr", "restart")),
        Item("5", "menu.item_status", ("ccr", "status")),
        Item("6", "menu.item_test", ("ccr", "test")),
        Item("7", "menu.item_health", ("ccr", "health")),
        Item("8", "menu.item_check", ("ccr", "config", "check")),
        Item("9", "menu.item_config", ("ccr", "config", "show")),
        Item("r", "menu.item_routes", ("ccr", "model")),
        Item("l", "menu.item_logs", ("ccr", "logs")),
        Item("p", "menu.item_providers", ("zcf", "providers")),
        Item("b", "menu.item_backups", ("zcf", "backup", "list")),
        Item("o", "menu.item_official", ("zcf", "api", "official")),
        Item("q", "menu.item_back", LEAVE),
    ),
}
