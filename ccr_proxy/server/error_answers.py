"""Every failure in the client's own error envelope, with a request id."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Awaitable, Callable

from aiohttp import web

from ccr_proxy.errors import GatewayError, UpstreamFault, error_type_for
from ccr_proxy.json_codec import dumps
from ccr_proxy.protocols.inbound import ANTHROPIC
from ccr_proxy.server.client_formats import client_of

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
REQUEST_ID = web.RequestKey("request_id", str)

_log = logging.getLogger("ccr_proxy")


@web.middleware
async def answer_errors(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Give the request an id and turn whatever goes wrong into an error answer."""
    request[REQUEST_ID] = "req_" + secrets.token_hex(12)
    try:
        return await handler(request)
    except GatewayError as error:
        return error_answer(error, request)
    except web.HTTPException as error:
        if error.status < 400:
            raise
        return error_answer(_from_http(request, error), request)
    except ConnectionResetError:
        # The client went away while we wrote to it: nobody is left to tell.
        return web.Response(status=499)
    except Exception:  # noqa: BLE001
        # The boundary, hence blind: a defect of ours must reach the client as an answer and the log with its traceback.
        _log.exception("request %s failed", request[REQUEST_ID])
        message = f"internal error of the gateway; its log has the details under {request[REQUEST_ID]}"
        return error_answer(GatewayError(500, message), request)


def error_answer(error: GatewayError, request: web.Request) -> web.Response:
    """The error as an HTTP answer in the client's format; the body of an Anthropic-speaking provider goes to an
    Anthropic client unmodified."""
    client, request_id = client_of(request.path), request[REQUEST_ID]
    body = error.body if isinstance(error, UpstreamFault) and client is ANTHROPIC else None
    if body is None:
        envelope = client.error(error.status, error.type, error.message, None)
        body = dumps({**envelope, "request_id": request_id} if client is ANTHROPIC else envelope)
    headers = {"request-id": request_id, **error.headers}
    return web.Response(status=error.status, body=body, headers=headers, content_type="application/json")


def _from_http(request: web.Request, error: web.HTTPException) -> GatewayError:
    if error.status == 404:
        return GatewayError(404, f"{request.method} {request.path} is not an endpoint of this gateway")
    if error.status == 405:
        return GatewayError(405, f"{request.path} does not take {request.method}", "invalid_request_error")
    if error.status == 413:
        return GatewayError(413, "the request is larger than this gateway takes")
    return GatewayError(error.status, error.reason, error_type_for(error.status))
