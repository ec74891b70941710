"""One request on its way through the gateway, read and routed."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from aiohttp import web

from ccr_proxy.errors import ClientFault
from ccr_proxy.json_codec import JsonObject
from ccr_proxy.protocols.empty_answer import EmptyAnswer
from ccr_proxy.protocols.inbound import ANTHROPIC, ClientFormat
from ccr_proxy.protocols.repairs import Lesson
from ccr_proxy.protocols.usage import Usage
from ccr_proxy.routing.decide import Decision
from ccr_proxy.routing.facts import Facts, facts_of
from ccr_proxy.server.gateway import Gateway
from ccr_proxy.server.models import plain_name


@dataclass(frozen=True, slots=True)
class Asked:
    """What a client asked: `own` in its own words, `body` in Anthropic's, not to be changed, and the facts.

    `raw` are the bytes of `body`, where they may go on as they came.
    """

    client: ClientFormat
    own: JsonObject
    body: JsonObject
    raw: bytes | None
    facts: Facts


@dataclass(slots=True)
class Exchange:
    """One request with its decision. `created` is Unix time in seconds; `notes` tell what was changed or left out;
    `usage` is None until a whole answer has come; `silence` is the last answer without content that may be meant so;
    `lessons` are those that count for this request, by the label of the target.
    `message_id` and `shown_id` are the ids of the answer and of the request that the client sees: those of a provider
    whose answer goes on as it came."""

    request: web.Request
    request_id: str
    gateway: Gateway
    asked: Asked
    decision: Decision
    created: int
    message_id: str = field(default_factory=lambda: "msg_" + secrets.token_hex(12))
    notes: list[str] = field(default_factory=list)
    usage: Usage | None = None
    silence: EmptyAnswer | None = None
    shown_id: str = ""
    lessons: dict[str, list[Lesson]] = field(default_factory=dict)

    def note_ids(self, response: web.StreamResponse, message_id: object) -> None:
        """Note the ids that a response which is about to go out tells the client."""
        self.message_id = str(message_id or self.message_id)
        self.shown_id = response.headers.get("request-id", self.request_id)

    @property
    def model(self) -> str:
        """The name that was asked for. Answers carry it, because Claude Code drops its thinking history when another
        name answers."""
        return str(self.asked.body["model"])

    def lessons_for(self, label: str) -> list[Lesson]:
        """What is known to be refused by a target; what this request learns is added to it."""
        return self.lessons.setdefault(label, list(self.gateway.lessons.get(label, ())))

    def estimated_input(self, provider: str, model: str) -> int:
        """How many input tokens a target will probably count."""
        return self.gateway.calibration.corrected(f"{provider},{model}", self.asked.facts.tokens_for(model))


def read_request(gateway: Gateway, client: ClientFormat, raw: bytes, headers: Mapping[str, str]) -> Asked:
    """Parse a request and gather its facts. Raises ClientFault when it is not one of `client`."""
    try:
        seen = gateway.bodies.parse(raw)
    except ValueError as error:
        raise ClientFault(400, f"the request body is not JSON: {error}") from error
    own = seen.value
    if not isinstance(own, dict):
        raise ClientFault(400, "the request body must be a JSON object")
    body = client.decode_request(own)
    if not isinstance(body.get("model"), str) or not body["model"]:
        raise ClientFault(400, "model: a model name is required")
    if not isinstance(body.get("messages"), list) or not body["messages"]:
        raise ClientFault(400, "messages: at least one message is required")
    known = seen.known if client is ANTHROPIC else None
    facts = facts_of(body, headers, gateway.counter, gateway.config.router.think_when, known)
    if (name := plain_name(facts.model)) != facts.model:
        facts = replace(facts, model=name)
    return Asked(client, own, body, raw if client is ANTHROPIC else None, facts)
