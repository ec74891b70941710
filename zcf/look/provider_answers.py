"""Asking the providers of all routes whether they answer: through the running gateway, else directly."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ccr_proxy.errors import ConfigFault, GatewayError, ServiceFault
from zcf.diagnosis.facts import ProviderAnswer, ProviderFacts

# The providers are asked at the same time, the models and keys of one after the other.
PATIENCE_SECONDS = 30.0


def ask_providers(config_path: Path, *, running: bool) -> ProviderFacts:
    """Ask for lists of models, or for answers of one token where there is no list; never raises for what they say."""
    from ccr_proxy.service.gateway_client import required_gateway
    from ccr_proxy.service.offline_checks import check_offline

    try:
        if running:
            asked = required_gateway(None).post("/api/availability/check", {}, PATIENCE_SECONDS)["checks"]
        else:
            asked = check_offline(config_path, PATIENCE_SECONDS)
    except (ServiceFault, ConfigFault, GatewayError) as fault:
        return ProviderFacts(fault=fault.message)
    return ProviderFacts(tuple(_answer(check) for check in asked))


def _answer(check: dict[str, Any]) -> ProviderAnswer:
    return ProviderAnswer(
        provider=check["provider"],
        model=check["model"],
        key=check["key"],
        ok=check["outcome"] != "failed",
        reached=check["status"] != 0,
        status=check["status"],
        message=check["message"],
    )
