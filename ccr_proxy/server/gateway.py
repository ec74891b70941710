"""What all requests of one gateway share."""

from __future__ import annotations

import asyncio
import logging
import os
import random
import time
from dataclasses import dataclass, field, replace
from pathlib import Path

from aiohttp import web

from ccr_proxy.availability.availability import Availability
from ccr_proxy.availability.problems import load_with_availability
from ccr_proxy.availability.read_settings import read_settings
from ccr_proxy.config.custom_router import CustomRouter
from ccr_proxy.config.load import LoadedConfig
from ccr_proxy.config.paths import ccr_home
from ccr_proxy.config.project_routers import ProjectRouters
from ccr_proxy.config.reload import ConfigWatch
from ccr_proxy.config.schema import Config, Provider
from ccr_proxy.errors import ClientFault
from ccr_proxy.json_codec import JsonObject
from ccr_proxy.protocols.answer import EncodedRequest, Target, WireProtocol
from ccr_proxy.protocols.answer_sink import AnswerSink
from ccr_proxy.protocols.model_profile import profile_for
from ccr_proxy.protocols.registry import PROTOCOLS, protocol_of
from ccr_proxy.protocols.repairs import Lesson
from ccr_proxy.protocols.seen_bodies import SeenBodies
from ccr_proxy.protocols.tool_names import originals, with_fitting_names
from ccr_proxy.routing.token_estimate import TokenCounter
from ccr_proxy.server.calibration import Calibration
from ccr_proxy.server.check_result import BackgroundCheck
from ccr_proxy.server.complaints import Complaints
from ccr_proxy.server.pulse import Pulse
from ccr_proxy.server.recent import RecentRequests
from ccr_proxy.server.until_the_end import GRACE_SECONDS
from ccr_proxy.server.who_counts import WhoCounts
from ccr_proxy.transformers.chain import TransformerChain, chain_for
from ccr_proxy.transformers.custom import load_custom
from ccr_proxy.transformers.registry import BUILT_IN
from ccr_proxy.transformers.restored_names import RestoringSink
from ccr_proxy.transformers.transformer import Context, Transformer, by_name
from ccr_proxy.upstream.connection import Upstream
from ccr_proxy.usage.database import LedgerFault
from ccr_proxy.usage.price_book import PriceBook
from ccr_proxy.usage.request_record import NoSink, RecordSink
from ccr_proxy.usage.spent import spent_this_month

_log = logging.getLogger("ccr_proxy")


@dataclass(frozen=True, slots=True)
class Destination:
    """A routed target, resolved: the provider's configuration, its protocol, what the model takes, its transformers."""

    provider: Provider
    protocol: WireProtocol
    target: Target
    chain: TransformerChain

    @property
    def label(self) -> str:
        return f"{self.target.provider},{self.target.model}"

    @property
    def origin(self) -> str:
        """Where reasoning comes from that only this provider can take back."""
        return f"{self.protocol.name}:{self.target.provider}"

    def context(self, body: JsonObject, notes: list[str]) -> Context:
        """What the transformers are told about one request; what they did is added to `notes`."""
        return Context(self.target.provider, self.target.model, self.protocol.name, body, os.environ, notes.append)

    def encode(self, body: JsonObject, context: Context) -> EncodedRequest:
        """A request in Anthropic's words, in the provider's."""
        changed = self.chain.conversation(body, context)
        fitted = changed if self.protocol.name == "anthropic" else with_fitting_names(changed)
        if fitted is not changed:
            context.note("tool names that the target does not take were replaced")
        return self.protocol.encode(fitted, self.target)

    def answer_sink(self, stream: AnswerSink, context: Context) -> AnswerSink:
        """What a decoder reports to, so that `stream` hears the answer as the client has to see it."""
        sink = self.chain.answer(stream, context)
        names = originals(context.asked)
        return RestoringSink(sink, names) if names else sink


@dataclass(slots=True)
class Gateway:
    """The state of one running gateway. `started_at` is Unix time in seconds; `grace` as in `until_the_end`; `checked`
    is the last background health check."""

    loaded: LoadedConfig
    instance: str
    started_at: float
    availability: Availability
    transformers: dict[str, Transformer]
    watch: ConfigWatch
    projects: ProjectRouters
    prices: PriceBook
    custom_router: CustomRouter | None = None
    upstream: Upstream = field(default_factory=Upstream)
    bodies: SeenBodies = field(default_factory=SeenBodies)
    counter: TokenCounter = field(default_factory=TokenCounter)
    calibration: Calibration = field(default_factory=Calibration)
    who_counts: WhoCounts = field(default_factory=WhoCounts)
    pulse: Pulse = field(default_factory=Pulse)
    complaints: Complaints = field(default_factory=Complaints)
    recent: RecentRequests = field(default_factory=RecentRequests)
    checked: BackgroundCheck | None = None
    grace: float = GRACE_SECONDS
    sink: RecordSink = field(default_factory=NoSink)
    lessons: dict[str, list[Lesson]] = field(default_factory=dict)
    _destinations: dict[tuple[str, str], Destination] = field(default_factory=dict)

    @classmethod
    def of(cls, loaded: LoadedConfig, instance: str, started_at: float) -> Gateway:
        """A gateway for a configuration."""
        prices = PriceBook(loaded.config)
        settings, _ = read_settings(loaded.config, cost_of=prices.cost_of)
        availability = Availability(
            settings,
            clock=time.monotonic,
            unix_time=time.time,
            sleep=asyncio.sleep,
            random=random.random,
            cost_of=prices.cost_of,
        )
        watch = ConfigWatch(loaded, lambda path: load_with_availability(path, os.environ))
        projects = ProjectRouters(ccr_home(), Path.home() / ".claude" / "projects", os.environ, time.monotonic)
        return cls(loaded, instance, started_at, availability, _transformers(loaded.config), watch, projects, prices)

    @property
    def config(self) -> Config:
        return self.loaded.config

    def begin_with(self, ledger: Path) -> None:
        """Let budgets begin with what the ledger at that path knows; where it cannot be read they begin at nothing,
        which is told."""
        try:
            self.availability.begin_with(spent_this_month(ledger, time.time(), self.prices.cost_of_sum))
        except LedgerFault as fault:
            _log.warning("budgets begin at nothing: %s", fault.message)

    def configure(self, changed: LoadedConfig) -> None:
        """Use another configuration for the requests that come. The address stays, and so does a key when the new
        configuration has none: the gateway never becomes open."""
        running, key = self.config, changed.config.api_key or self.config.api_key
        kept = {"host": running.host, "port": running.port, "api_key": key}
        self.loaded = replace(changed, config=changed.config.model_copy(update=kept))
        self.prices.configure(self.config)
        settings, _ = read_settings(self.config, cost_of=self.prices.cost_of)
        self.availability.configure(settings)
        self.transformers = _transformers(self.config)
        self.who_counts.forget()
        self._destinations.clear()

    def destination(self, provider_name: str, model: str) -> Destination:
        """Raises ClientFault for a provider that is not configured."""
        known = self._destinations.get((provider_name, model))
        if known is None:
            known = self._destinations[provider_name, model] = self._resolved(provider_name, model)
        return known

    def _resolved(self, provider_name: str, model: str) -> Destination:
        provider = self.config.provider(provider_name)
        if provider is None:
            raise ClientFault(404, f"provider {provider_name!r} is not configured")
        uses = (*provider.transformer.use, *provider.transformer.for_model(model))
        name = protocol_of(provider.protocol, (use.name for use in uses), provider.api_base_url)
        chain = chain_for(provider.transformer.use, provider.transformer.for_model(model), self.transformers)
        profile = chain.profile(profile_for(model, max_output_tokens=provider.max_tokens_of(model)), model)
        return Destination(provider, PROTOCOLS[name], Target(provider.name, model, profile), chain)


def _transformers(config: Config) -> dict[str, Transformer]:
    return {**BUILT_IN, **by_name(load_custom(config.transformers, ccr_home()).transformers)}


GATEWAY = web.AppKey("gateway", Gateway)
