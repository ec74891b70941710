"""Where a request goes: what is said about the user's own router."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from ccr_proxy.server.upkeep import load_router
from tests.ccr_proxy.server.lab import (
    Provider,
    chat_provider,
    chat_whole,
    configuration,
    question,
    running_gateway,
    whole,
)


@pytest.mark.parametrize(
    ("answer", "warnings"),
    [("None", 0), ('"mock,small-model"', 0), ("7", 1), ('{"use": 7}', 1), ("1 / 0", 1)],
)
async def test_a_custom_router_without_an_opinion_is_no_trouble_and_one_that_errs_is_told_once(
    provider: Provider, tmp_path: Path, capsys: pytest.CaptureFixture[str], answer: str, warnings: int
) -> None:
    router = tmp_path / "router.py"
    router.write_text(f"def route(request, config):\n    return {answer}\n", encoding="utf-8")
    provider.says(whole(chat_whole()))
    more: dict[str, Any] = {"CUSTOM_ROUTER_PATH": str(router)}
    async with running_gateway(configuration(chat_provider(provider), **more)) as (client, gateway):
        await load_router(gateway)
        for _ in range(3):
            assert (await client.post("/v1/messages", json=question())).status == 200
    told = [line for line in capsys.readouterr().err.splitlines() if " custom router: " in line]
    assert len(told) == warnings, told
