"""What has been answered so far. Pure: an answer makes a new object, so that going back is forgetting it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from zcf.commands.init import InitRequest
from zcf.plan.choice import Origin, Wish
from zcf.presets import Preset


@dataclass(frozen=True, slots=True)
class Answers:
    """`preset` is None when everything is kept as configured. `models` maps routes to models; `served` is the
    provider's own list of them."""

    preset: Preset | None = None
    kept: bool = False
    api_url: str | None = None
    api_key: str | None = None
    api_key_env: str | None = None
    served: tuple[str, ...] = ()
    models: Mapping[str, str] = field(default_factory=dict)
    port: int | None = None
    ccr_key: str | None = None

    def request(self) -> InitRequest:
        """The same as a command line with these answers as flags."""
        if self.preset is None:
            return InitRequest(Wish(), None, self.port, self.ccr_key)
        wish = Wish(
            provider=self.preset.label,
            api_key=self.api_key,
            api_key_env=self.api_key_env,
            api_url=self.api_url,
            models=self.models,
            served=self.served,
            origin=Origin.CHOSEN,
        )
        return InitRequest(wish, None, self.port, self.ccr_key)
