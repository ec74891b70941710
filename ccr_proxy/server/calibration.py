"""How far the token estimate is off for each model, learnt from what providers report."""

from __future__ import annotations

from collections import OrderedDict

from ccr_proxy.protocols.usage import Usage

# The weight of the newest answer: about ten answers decide.
_WEIGHT = 0.2
# A report outside of this is not about the same text: a provider that counts only what is not cached, say.
_PLAUSIBLE = (0.5, 2.0)
# Clients may name any model of a provider that lists none.
_MOST_TARGETS = 1000
# Below this the fixed parts of a prompt outweigh the text.
_SMALLEST_ESTIMATE = 500


class Calibration:
    """The ratio of reported to estimated input tokens, by target label; an exponentially weighted mean. Of the targets
    those that reported longest ago give way beyond `most`."""

    def __init__(self, most: int = _MOST_TARGETS) -> None:
        self._most = most
        self._ratios: OrderedDict[str, float] = OrderedDict()

    def corrected(self, label: str, estimate: int) -> int:
        """The estimate as the provider would probably count it."""
        return round(estimate * self._ratios.get(label, 1.0))

    def learn(self, label: str, estimate: int, usage: Usage) -> None:
        """Take in what the provider reported for a request that was estimated at `estimate` tokens."""
        reported = usage.input_tokens + usage.cache_read_tokens + usage.cache_write_tokens
        if not usage.reported or estimate < _SMALLEST_ESTIMATE:
            return
        ratio = reported / estimate
        if _PLAUSIBLE[0] <= ratio <= _PLAUSIBLE[1]:
            before = self._ratios.get(label)
            self._ratios[label] = ratio if before is None else before + _WEIGHT * (ratio - before)
            self._ratios.move_to_end(label)
            while len(self._ratios) > self._most:
                self._ratios.popitem(last=False)
