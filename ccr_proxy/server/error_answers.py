"""Every failure as Anthropic's error envelope, with a request id (https://docs.anthropic.com/en/api/errors)."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Awaitable, Callable

from aiohttp import web

from ccr_proxy.errors import GatewayError, UpstreamFault, error_type_for
from ccr_proxy.json_codec import dumps

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
        return error_answer(error, request[REQUEST_ID])
    except web.HTTPException as error:
        if error.status < 400:
            raise
        return error_answer(_from_http(request, error), request[REQUEST_ID])
    except ConnectionResetError:
        # The client went away while we wrote to it: nobody is left to tell.
        return web.Response(status=499)
    except Exception:  # noqa: BLE001
        # The boundary, hence blind: a defect of ours must reach the client as an answer and the log with its traceback.
        _log.exception("request %s failed", request[REQUEST_ID])
        message = f"internal error of the gateway; its log has the details under {request[REQUEST_ID]}"
        return error_answer(GatewayError(500, message), request[REQUEST_ID])


def error_answer(error: GatewayError, request_id: str) -> web.Response:
    """The error as an HTTP answer; the body of an Anthropic-speaking provider goes through unmodified."""
    body = error.body if isinstance(error, UpstreamFault) else None
    if body is None:
        detail = {"type": error.type, "message": error.message}
        body = dumps({"type": "error", "error": detail, "request_id": request_id})
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
