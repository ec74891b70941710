"""The whole plan of `zcf init`: three files, and what the user should know."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ccr_proxy.config.load import LoadedConfig, evaluate
from ccr_proxy.service.addresses import base_url, is_loopback
from zcf.errors import Refusal, refused, wrong_use
from zcf.facts import SeenFile, ShellFacts
from zcf.plan import ccr_config, claude_settings, claude_state
from zcf.plan.ccr_config import GatewaySettings
from zcf.plan.changes import FileChange, Notice, notice
from zcf.plan.choice import Choice, Origin, ProviderEntry
from zcf.plan.documents import change_of


@dataclass(frozen=True, slots=True)
class Files:
    """The three files as they were seen."""

    config: SeenFile
    settings: SeenFile
    state: SeenFile


@dataclass(frozen=True, slots=True)
class SetupPlan:
    """What will change, and where the gateway will be: `routes` maps route names to "provider,model"."""

    changes: tuple[FileChange, ...]
    notices: tuple[Notice, ...]
    config_changes: bool
    base_url: str
    key: str
    routes: Mapping[str, str]


def plan_setup(
    files: Files, choice: Choice, settings: GatewaySettings, shell: ShellFacts, environ: Mapping[str, str]
) -> SetupPlan:
    """Plan everything. Raises Refusal when a file has something else where our keys belong."""
    _require_what_new_providers_need(files, choice)
    fresh = not files.config.document.value
    config = ccr_config.edited(files.config.document, choice, settings, fresh=fresh)
    meaning = evaluate(config, files.config.path, environ)
    key = meaning.config.api_key
    if key is None:
        raise refused("ccr.key_unset", path=files.config.path)
    address = base_url(meaning.config.host, meaning.config.port)
    claude = claude_settings.edited(files.settings.document, address, key, shell)
    state = claude_state.edited(files.state.document, claude.key_to_approve)
    config_change = change_of(files.config, config)
    changes = (config_change, change_of(files.settings, claude.document), change_of(files.state, state))
    return SetupPlan(
        changes=tuple(change for change in changes if change is not None),
        notices=(*_about(choice, meaning), *claude.notices),
        config_changes=config_change is not None,
        base_url=address,
        key=key,
        routes=meaning.config.router.routes(),
    )


def _require_what_new_providers_need(files: Files, choice: Choice) -> None:
    """A key and a model, unless the configuration has them already."""
    listing = files.config.document.get(ccr_config.providers_path(files.config.document))
    present = {
        str(provider.get("name")).casefold(): provider
        for provider in (listing if isinstance(listing, list) else ())
        if isinstance(provider, dict)
    }
    for entry in choice.providers:
        known = present.get(entry.name.casefold(), {})
        if entry.api_key is None and not known.get("api_key"):
            raise _missing(entry, "flags.needs_key")
        if not entry.models and not known.get("models"):
            raise _missing(entry, "flags.needs_model")


def _missing(entry: ProviderEntry, sentence: str) -> Refusal:
    variables = " / ".join(entry.preset.api_key_env)
    if sentence == "flags.needs_key" and not variables:
        return wrong_use("flags.needs_key_flag", provider=entry.name)
    return wrong_use(sentence, provider=entry.name, variables=variables, key_url=entry.preset.key_url)


def _about(choice: Choice, meaning: LoadedConfig) -> list[Notice]:
    host = meaning.config.host
    reachable = () if is_loopback(host) else (notice("host.open", host=host),)
    problems = [notice("ccr.problem", text=problem.text(str(meaning.path))) for problem in meaning.problems]
    demo = (notice("choice.demo"),) if choice.origin is Origin.DEMO else ()
    return [*demo, *reachable, *problems]
