"""Model servers that run on this machine: asked for their models, all at once, for half a second."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from zcf import net
from zcf.facts import FoundServer

PATIENCE_IN_SECONDS = 0.5


@dataclass(frozen=True, slots=True)
class LocalServer:
    """Where a kind of server listens by default and how it lists its models; `preset_id` names its preset."""

    preset_id: str
    base_url: str
    models_path: str
    model_names: Callable[[Any], list[str]]


def _of_ollama(body: Any) -> list[str]:
    return [entry["name"] for entry in body["models"]]


def _of_openai(body: Any) -> list[str]:
    return [entry["id"] for entry in body["data"]]


def _of_vllm(body: Any) -> list[str]:
    # Port 8000 is everybody's: vLLM says of its models that they are its own.
    return [entry["id"] for entry in body["data"] if entry["owned_by"] == "vllm"]


KNOWN_SERVERS = (
    LocalServer("ollama", "http://127.0.0.1:11434", "/api/tags", _of_ollama),
    LocalServer("lmstudio", "http://127.0.0.1:1234", "/v1/models", _of_openai),
    LocalServer("llamacpp", "http://127.0.0.1:8080", "/v1/models", _of_openai),
    LocalServer("vllm", "http://127.0.0.1:8000", "/v1/models", _of_vllm),
)


def found_servers(candidates: Sequence[LocalServer] = KNOWN_SERVERS) -> tuple[FoundServer, ...]:
    """The candidates that answer like themselves and have a model, in the order given."""
    if not candidates:
        return ()
    with ThreadPoolExecutor(max_workers=len(candidates)) as pool:
        return tuple(server for server in pool.map(_ask, candidates) if server is not None)


def _ask(server: LocalServer) -> FoundServer | None:
    try:
        answer = net.get_local(server.base_url + server.models_path, timeout=PATIENCE_IN_SECONDS)
        names = server.model_names(answer.body) if answer.status == 200 else []
    except (net.NoAnswer, KeyError, TypeError):
        # Nobody there, or somebody else on that port: 8080 is everybody's.
        return None
    models = tuple(name for name in map(str, names) if "embed" not in name.casefold())
    return FoundServer(server.preset_id, server.base_url, models) if models else None
