"""What a repair changes in Claude Code's two files, as a plan."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from ccr_proxy.config.document import Document
from ccr_proxy.service.addresses import base_url
from zcf.diagnosis.effective import effective
from zcf.diagnosis.facts import Facts
from zcf.diagnosis.finding import Repair
from zcf.facts import SeenFile, ShellFacts
from zcf.plan import claude_settings, claude_state, switch
from zcf.plan.changes import FileChange
from zcf.plan.connection import API_KEY
from zcf.plan.documents import change_of, document_of


def changes_for(repairs: Iterable[Repair], facts: Facts) -> tuple[FileChange, ...]:
    """The file changes of all these repairs together; repairs that change no file add nothing.

    Raises Refusal when a file has something else where our keys belong.
    """
    settings, state = _document(facts.claude.settings), _document(facts.claude.state)
    for repair in dict.fromkeys(repairs):
        settings, state = _repaired(repair, settings, state, facts)
    pairs = ((facts.claude.settings, settings), (facts.claude.state, state))
    changes = (change_of(seen, document) for seen, document in pairs if seen is not None and document is not None)
    return tuple(change for change in changes if change is not None)


def _document(seen: SeenFile | None) -> Document | None:
    return None if seen is None else document_of(seen.path, seen.content)


def _repaired(
    repair: Repair, settings: Document | None, state: Document | None, facts: Facts
) -> tuple[Document | None, Document | None]:
    listening = facts.config.listening
    if repair is Repair.POINT_TO_GATEWAY and settings is not None and listening is not None:
        address = base_url(listening.host, listening.port)
        edited = switch.to_gateway(settings, address, listening.api_key, (), _shell(facts.shell))
        return edited.document, None if state is None else claude_state.edited(state, edited.key_to_approve)
    if repair is Repair.GO_AROUND_PROXY and settings is not None:
        return claude_settings.around_the_proxy(settings, _shell(facts.shell)), state
    if repair is Repair.APPROVE_KEY and state is not None:
        return settings, claude_state.approved(state, effective(API_KEY, facts.claude, facts.shell))
    if repair is Repair.FINISH_ONBOARDING and state is not None:
        return settings, claude_state.edited(state, None)
    return settings, state


def _shell(shell: Mapping[str, str]) -> ShellFacts:
    return ShellFacts(
        api_key=shell.get(API_KEY),
        proxy=any(name in shell for name in claude_settings.PROXY_VARIABLES),
        no_proxy=shell.get("NO_PROXY") or shell.get("no_proxy") or "",
    )
