"""`vertex-gemini`, `vertex-claude`, `vertex-openai`: models in a Google Cloud project.

They contribute the address: project and location come from the options, from `api_base_url`, or from
GOOGLE_CLOUD_PROJECT and GOOGLE_CLOUD_LOCATION, in this order. Claude there speaks Anthropic's format, with the version
in the body and the model in the address (https://docs.anthropic.com/en/api/claude-on-vertex-ai). The key is an OAuth
access token, which expires after an hour; this gateway does not fetch one.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal
from urllib.parse import quote, urlsplit

from ccr_proxy.errors import GatewayError
from ccr_proxy.json_codec import JsonObject
from ccr_proxy.transformers.transformer import Context, Option, Transformer

Api = Literal["claude", "gemini", "openai"]

VERTEX_ANTHROPIC_VERSION = "vertex-2023-10-16"
_GOOGLE = "aiplatform.googleapis.com"
_DEFAULT_LOCATIONS = {"claude": "us-east5", "gemini": "us-central1", "openai": "us-central1"}
_NO_SERVICE_ACCOUNTS = "service accounts cannot sign in here; put an access token into api_key"
_OPTIONS = (
    Option("project", "text", "the Google Cloud project"),
    Option("location", "text", "the region, or `global`"),
)


@dataclass(frozen=True, slots=True)
class Place:
    """A project's models in one region; `host` is the origin to ask, such as `https://…-aiplatform.googleapis.com`."""

    host: str
    project: str
    location: str


def place_of(base: str, options: Mapping[str, object], environ: Mapping[str, str], default_location: str) -> Place:
    """The place that options, address and environment name; the project is "" where none of them does. A host that is
    not Google's, such as a proxy before it, is kept."""
    parts = urlsplit(base)
    in_path = dict(re.findall(r"/(projects|locations)/([^/]+)", parts.path))
    region = parts.netloc.removesuffix(_GOOGLE).removesuffix("-") if parts.netloc.endswith(_GOOGLE) else ""
    project = options.get("project") or in_path.get("projects") or environ.get("GOOGLE_CLOUD_PROJECT") or ""
    named = options.get("location") or in_path.get("locations") or region or environ.get("GOOGLE_CLOUD_LOCATION")
    location = str(named or default_location)
    host = f"{parts.scheme}://{parts.netloc}"
    if parts.netloc.endswith(_GOOGLE):
        host = f"https://{_GOOGLE}" if location == "global" else f"https://{location}-{_GOOGLE}"
    return Place(host, str(project), location)


def vertex_url(place: Place, api: Api, model: str, *, stream: bool) -> str:
    """The full address of one call; streamed Gemini answers come as server-sent events."""
    start = f"{place.host}/v1/projects/{quote(place.project)}/locations/{quote(place.location)}"
    if api == "openai":
        return f"{start}/endpoints/openapi/chat/completions"
    name = quote(model.removeprefix("models/"), safe="@")
    if api == "claude":
        return f"{start}/publishers/anthropic/models/{name}:{'streamRawPredict' if stream else 'rawPredict'}"
    method = "streamGenerateContent?alt=sse" if stream else "generateContent"
    return f"{start}/publishers/google/models/{name}:{method}"


def _claude_url(url: str, context: Context, options: JsonObject) -> str:
    return _url("claude", url, context, options)


def _openai_url(url: str, context: Context, options: JsonObject) -> str:
    return _url("openai", url, context, options)


def _gemini_url(url: str, context: Context, options: JsonObject) -> str:
    """An address with a project is the protocol's own work. Without any project it stays too: Vertex AI's express mode
    knows the project by its API key."""
    if "/projects/" in url and not options:
        return url
    place = place_of(url, options, context.environ, _DEFAULT_LOCATIONS["gemini"])
    return _url("gemini", url, context, options) if place.project else url


def _url(api: Api, url: str, context: Context, options: JsonObject) -> str:
    place = place_of(url, options, context.environ, _DEFAULT_LOCATIONS[api])
    if not place.project:
        raise GatewayError(
            500,
            f"provider {context.provider!r}: vertex-{api} needs a Google Cloud project; give it the option "
            '"project", or set GOOGLE_CLOUD_PROJECT where the gateway is started',
        )
    return vertex_url(place, api, context.model, stream=context.asked.get("stream") is True)


def _claude_body(body: JsonObject, _context: Context, _options: JsonObject) -> JsonObject:
    rest = {key: value for key, value in body.items() if key != "model"}
    return {"anthropic_version": VERTEX_ANTHROPIC_VERSION, **rest}


def _bearer_only(headers: dict[str, str], _options: JsonObject) -> dict[str, str]:
    return {name: value for name, value in headers.items() if name.lower() != "x-api-key"}


VERTEX_GEMINI = Transformer("vertex-gemini", options=_OPTIONS, url=_gemini_url)
VERTEX_CLAUDE = Transformer(
    "vertex-claude", options=_OPTIONS, url=_claude_url, request=_claude_body, headers=_bearer_only
)
VERTEX_OPENAI = Transformer(
    "vertex-openai",
    options=(
        *_OPTIONS,
        Option("client_email", "text", "the service account", missing=_NO_SERVICE_ACCOUNTS),
        Option("private_key", "text", "the service account's key", missing=_NO_SERVICE_ACCOUNTS),
    ),
    url=_openai_url,
)
