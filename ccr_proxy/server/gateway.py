"""What all requests of one gateway share."""

from __future__ import annotations

from dataclasses import dataclass, field

from aiohttp import web

from ccr_proxy.config.schema import Config, Provider
from ccr_proxy.errors import ClientFault
from ccr_proxy.protocols.answer import Target, WireProtocol
from ccr_proxy.protocols.model_profile import profile_for
from ccr_proxy.protocols.registry import PROTOCOLS, protocol_of
from ccr_proxy.protocols.repairs import Lesson
from ccr_proxy.protocols.seen_bodies import SeenBodies
from ccr_proxy.routing.token_estimate import TokenCounter
from ccr_proxy.server.pulse import Pulse
from ccr_proxy.upstream.connection import Upstream


@dataclass(frozen=True, slots=True)
class Destination:
    """A routed target, resolved: the provider's configuration, its protocol, and what the model takes."""

    provider: Provider
    protocol: WireProtocol
    target: Target

    @property
    def label(self) -> str:
        return f"{self.target.provider},{self.target.model}"


@dataclass(slots=True)
class Gateway:
    """The state of one running gateway. `started_at` is Unix time in seconds."""

    config: Config
    instance: str
    started_at: float
    upstream: Upstream = field(default_factory=Upstream)
    bodies: SeenBodies = field(default_factory=SeenBodies)
    counter: TokenCounter = field(default_factory=TokenCounter)
    pulse: Pulse = field(default_factory=Pulse)
    lessons: dict[str, list[Lesson]] = field(default_factory=dict)

    def destination(self, provider_name: str, model: str) -> Destination:
        """Raises ClientFault for a provider that is not configured or speaks an unknown protocol."""
        provider = self.config.provider(provider_name)
        if provider is None:
            raise ClientFault(404, f"provider {provider_name!r} is not configured")
        name = protocol_of(
            provider.protocol, (use.name for use in provider.transformer.use), str(provider.api_base_url)
        )
        if name not in PROTOCOLS:
            raise ClientFault(400, f"provider {provider.name!r} speaks {name!r}, which this version does not")
        profile = profile_for(model, max_output_tokens=provider.max_tokens_of(model))
        return Destination(provider, PROTOCOLS[name], Target(provider.name, model, profile))


GATEWAY = web.AppKey("gateway", Gateway)
