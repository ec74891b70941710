"""`ccr usage` and `zcf ccu` say the same."""

from __future__ import annotations

from ccr_proxy.commands.usage_words import ENGLISH
from zcf.i18n import catalog


def test_the_wizard_has_every_sentence_of_the_gateway_and_no_other() -> None:
    prefix = "usage."
    said = {key.removeprefix(prefix): text for key, text in catalog("en").items() if key.startswith(prefix)}
    assert said == ENGLISH
