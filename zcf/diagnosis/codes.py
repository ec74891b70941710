"""Every kind of finding: which group it belongs to and how bad it is. docs/doctor.md explains each; a test compares."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum, StrEnum


class Severity(IntEnum):
    """How bad, the worst last. A note needs no action, a warning may surprise, an error stops work."""

    OK = 0
    NOTE = 1
    WARNING = 2
    ERROR = 3


class Group(StrEnum):
    """What a finding is about, in the order of the list."""

    CLAUDE = "claude"
    SHELL = "shell"
    PROGRAMS = "programs"
    GATEWAY = "gateway"
    CONFIGURATION = "configuration"
    PROVIDERS = "providers"
    FILES = "files"
    ZCF = "zcf"


@dataclass(frozen=True, slots=True)
class Kind:
    """What all findings of one code have in common."""

    group: Group
    severity: Severity


def _kinds(group: Group, **severities: Severity) -> dict[str, Kind]:
    return {code.replace("_", "-"): Kind(group, severity) for code, severity in severities.items()}


_NOTE, _WARNING, _ERROR = Severity.NOTE, Severity.WARNING, Severity.ERROR

KINDS: Mapping[str, Kind] = {
    **_kinds(
        Group.CLAUDE,
        settings_unreadable=_ERROR,
        address_gateway_stopped=_ERROR,
        address_gateway_moved=_ERROR,
        address_dead=_ERROR,
        address_old_setup=_ERROR,
        address_other_program=_WARNING,
        address_npm_router=_WARNING,
        key_refused=_ERROR,
        key_missing=_ERROR,
        key_rejected=_ERROR,
        key_unapproved=_WARNING,
        two_credentials=_WARNING,
        key_helper=_WARNING,
        cloud_switch=_ERROR,
        model_unknown=_WARNING,
        onboarding_open=_WARNING,
        project_settings=_WARNING,
        claude_missing=_NOTE,
        claude_old=_WARNING,
    ),
    **_kinds(Group.SHELL, shell_overruled=_NOTE, shell_joins=_WARNING, proxy_in_the_way=_WARNING),
    **_kinds(
        Group.PROGRAMS,
        ccr_not_in_path=_NOTE,
        ccr_foreign_first=_WARNING,
        npm_ccr_3=_WARNING,
        npm_wrong_package=_WARNING,
    ),
    **_kinds(
        Group.GATEWAY,
        gateway_stopped=_NOTE,
        record_stale=_NOTE,
        gateway_old_version=_WARNING,
        gateway_other_port=_WARNING,
        gateway_other_config=_WARNING,
        gateway_other_key=_ERROR,
        gateway_silent=_ERROR,
        port_taken=_ERROR,
        port_npm_router=_ERROR,
    ),
    **_kinds(
        Group.CONFIGURATION,
        config_missing=_NOTE,
        config_in_ccr_3=_NOTE,
        config_warning=_WARNING,
        config_error=_ERROR,
        route_default_missing=_ERROR,
        access_key_unusable=_ERROR,
        host_open=_NOTE,
        host_open_weak_key=_ERROR,
    ),
    **_kinds(
        Group.PROVIDERS,
        providers_not_asked=_NOTE,
        provider_failed=_WARNING,
        provider_key_refused=_ERROR,
        provider_unreachable=_ERROR,
    ),
    **_kinds(Group.FILES, file_open=_WARNING),
    **_kinds(
        Group.ZCF,
        lock_busy=_NOTE,
        leftovers=_NOTE,
        receipt_unreadable=_ERROR,
        profiles_unreadable=_ERROR,
        run_half_applied=_ERROR,
    ),
}
