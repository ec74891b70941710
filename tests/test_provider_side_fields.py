"""What only Anthropic's API runs is refused by every other protocol, with the field's name."""

from __future__ import annotations

import pytest

from ccr_proxy.errors import ClientFault
from ccr_proxy.protocols.answer import Target
from ccr_proxy.protocols.model_profile import ModelProfile
from ccr_proxy.protocols.registry import PROTOCOLS

TARGET = Target("mock", "big-model", ModelProfile())


@pytest.mark.parametrize("protocol", [name for name in PROTOCOLS if name != "anthropic"])
@pytest.mark.parametrize("field", ["mcp_servers", "container"])
def test_refused_with_its_name(protocol: str, field: str) -> None:
    body = {"model": "m", "max_tokens": 9, "messages": [{"role": "user", "content": "hi"}], field: [{"name": "x"}]}
    with pytest.raises(ClientFault, match=f"^{field}: "):
        PROTOCOLS[protocol].encode(body, TARGET)


def test_anthropic_gets_it() -> None:
    body = {"model": "m", "messages": [{"role": "user", "content": "hi"}], "mcp_servers": [{"name": "x"}]}
    assert PROTOCOLS["anthropic"].encode(body, TARGET).body["mcp_servers"] == [{"name": "x"}]
