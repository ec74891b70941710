"""Ask the running gateway's admin API, without loading an HTTP client library."""

from __future__ import annotations

import http.client
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ccr_proxy.config.paths import config_path as default_config_path
from ccr_proxy.errors import ConfigFault, GatewayError, ServiceFault
from ccr_proxy.service.addresses import base_url, reachable_host
from ccr_proxy.service.configuration import load_configuration
from ccr_proxy.service.find import RunningGateway, find_on_port, find_recorded, unresponsive_fault
from ccr_proxy.service.listening import effective_listening

# A local gateway answers its own questions at once; what takes longer says so.
_USUAL_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class GatewayClient:
    """One running gateway, the key it asks for, and the configuration that the key is from."""

    host: str
    port: int
    key: str = field(repr=False)
    config_path: Path

    def get(self, path: str) -> dict[str, Any]:
        """The JSON object under `path`. Raises GatewayError with what the gateway says, and ServiceFault when it
        does not answer or does not know the key."""
        with self.open("GET", path, None, _USUAL_SECONDS) as response:
            return _object(response.read())

    def post(self, path: str, body: dict[str, Any], seconds: float = _USUAL_SECONDS) -> dict[str, Any]:
        """The same for a POST; `seconds` may pass without a word from the gateway."""
        with self.open("POST", path, body, seconds) as response:
            return _object(response.read())

    @contextmanager
    def open(
        self, method: str, path: str, body: dict[str, Any] | None, seconds: float
    ) -> Iterator[http.client.HTTPResponse]:
        """A good answer with its body still to be read; raises as `get`."""
        connection = http.client.HTTPConnection(reachable_host(self.host), self.port, timeout=seconds)
        headers = {"x-api-key": self.key, "content-type": "application/json"}
        try:
            connection.request(method, path, None if body is None else json.dumps(body).encode(), headers)
            response = connection.getresponse()
            if response.status >= 400:
                raise self._fault(response)
            yield response
        except TimeoutError:
            raise ServiceFault(f"the gateway at {self._url} said nothing for {seconds:g} s") from None
        except (OSError, http.client.HTTPException) as error:
            raise ServiceFault(
                f"the gateway at {self._url} does not answer: {str(error) or type(error).__name__}"
            ) from None
        finally:
            connection.close()

    @property
    def _url(self) -> str:
        return base_url(self.host, self.port)

    def _fault(self, response: http.client.HTTPResponse) -> GatewayError | ServiceFault:
        status = response.status
        try:
            told = json.loads(response.read())["error"]
            kind, message = str(told["type"]), str(told["message"])
        except (ValueError, KeyError, TypeError):
            return GatewayError(status, f"the gateway answered {status}")
        # A provider that refuses its key is a 401 too; then attempts were made.
        if status == 401 and "x-ccr-attempts" not in response.headers:
            return ServiceFault(
                f"the gateway at {self._url} does not know the key of {self.config_path}: `ccr restart` makes it use "
                "this configuration"
            )
        if status == 404 and "is not an endpoint of this gateway" in message:
            return ServiceFault("the running gateway is of an older version: `ccr restart` replaces it")
        return GatewayError(status, message, kind)


def running_gateway(config_path: Path | None) -> GatewayClient | None:
    """A client for the running gateway, None when there is none. `config_path` None means the one it was started with.

    Raises ServiceFault when it does not answer, and ConfigFault when its configuration, and so its key, cannot be
    read.
    """
    running = find_recorded() or _on_configured_port(config_path or default_config_path())
    if running is None:
        return None
    if running.health is None:
        raise unresponsive_fault(running)
    path = config_path or Path(running.state.config_path)
    key = effective_listening(load_configuration(path)).api_key
    return GatewayClient(running.state.host, running.state.port, key, path)


def required_gateway(config_path: Path | None) -> GatewayClient:
    """As `running_gateway`; raises ServiceFault when none is running."""
    client = running_gateway(config_path)
    if client is None:
        raise ServiceFault("the gateway is not running: `ccr start` starts it")
    return client


def _on_configured_port(path: Path) -> RunningGateway | None:
    try:
        config = load_configuration(path).config
    except ConfigFault:
        # A gateway without a record can only be looked for on the configured port.
        return None
    return find_on_port(config.host, config.port, str(path))


def _object(body: bytes) -> dict[str, Any]:
    try:
        value = json.loads(body)
    except ValueError:
        value = None
    if not isinstance(value, dict):
        raise ServiceFault("the gateway sent something that is no JSON object: it may be of another version")
    return value
