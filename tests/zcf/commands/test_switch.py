"""A switch that fails at any write leaves Claude Code where it was."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from tests.zcf.sabotage import FAULTS, assert_all_or_nothing
from zcf.commands import api, switch
from zcf.commands.switch import SwitchPlan
from zcf.errors import Refusal
from zcf.plan.connection import Kind
from zcf.plan.profile import Access
from zcf.surroundings import Surroundings

KEY = Access(Kind.KEY, "sk-relay-0123456789abcdefghijkl", "https://relay.example", {"ANTHROPIC_MODEL": "glm-5"})
SETTINGS = b'{"env": {"ANTHROPIC_AUTH_TOKEN": "mine", "ANTHROPIC_BASE_URL": "https://x.example"}, "hooks": {}}'
PLANS: dict[str, Callable[[Surroundings], SwitchPlan]] = {
    "key": lambda world: api.plan_access("key", KEY, world),
    "ccr": api.plan_ccr,
    "official": api.plan_official,
    "back": api.plan_back,
}


@pytest.fixture
def prepared_world(world: Any, port: int) -> Any:
    """A token in the settings, a key switched to, and a gateway that is set up."""
    provider = {"name": "demo", "api_base_url": "demo:", "models": ["demo"], "protocol": "demo"}
    config = {"PORT": port, "APIKEY": "sk-gateway", "Providers": [provider], "Router": {"default": "demo,demo"}}
    world.write(world.config, json.dumps(config))
    world.write(world.settings, SETTINGS)
    switch.carry_out(api.plan_access("token", Access(Kind.TOKEN, "tok"), world.surroundings), world.surroundings)
    return world


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("destination", PLANS)
def test_a_fault_at_any_write_leaves_everything_as_it_was(prepared_world: Any, destination: str, fault: str) -> None:
    world = prepared_world
    plan = PLANS[destination](world.surroundings)

    def act() -> None:
        world.gateway.close()
        switch.carry_out(plan, world.surroundings)

    assert_all_or_nothing(world.home, fault, act, (Refusal, KeyboardInterrupt), least=8)


@pytest.mark.parametrize("destination", PLANS)
def test_what_another_program_wrote_after_the_plan_is_not_overwritten(prepared_world: Any, destination: str) -> None:
    world = prepared_world
    plan = PLANS[destination](world.surroundings)
    world.write(world.settings, b'{"newer": 1}')
    before = world.everything()
    with pytest.raises(Refusal) as refusal:
        switch.carry_out(plan, world.surroundings)
    assert refusal.value.sentence == "apply.changed_meanwhile"
    assert world.everything() == before


def test_ctrl_c_while_the_gateway_stops_says_that_the_switch_is_done(
    prepared_world: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = prepared_world
    switch.carry_out(api.plan_ccr(world.surroundings), world.surroundings)
    result = switch.carry_out(api.plan_back(world.surroundings), world.surroundings)

    def interrupted(*_: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(type(world.gateway), "stop", interrupted)
    with pytest.raises(Refusal) as refusal:
        switch.stop_gateway(result, world.surroundings)
    assert (refusal.value.sentence, refusal.value.exit_code) == ("api.cancelled_gateway", 130)


def test_a_gateway_that_listens_elsewhere_than_configured_is_restarted(prepared_world: Any, port: int) -> None:
    world = prepared_world
    world.gateway.start(world.config)
    world.gateway._running = replace(world.gateway._running, port=1)
    result = switch.carry_out(api.plan_ccr(world.surroundings), world.surroundings)
    assert world.gateway.log == ["start", "restart", "start"]
    assert result.started is not None
    assert result.started.port == port
