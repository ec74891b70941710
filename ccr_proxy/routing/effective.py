"""Project and session routers: whose `Router` counts for a request.

As in CCR 2, the session's router replaces the project's, and that the global one, whole; only `background` is always
the global one. Where the nearer router does not set them, `image` (which CCR reads from the global file alone) and
`default` (without which CCR answers with an error) are the global ones too.
"""

from __future__ import annotations

from ccr_proxy.config.router import Router
from ccr_proxy.config.schema import Config


def effective_router(router: Router, project_router: Router | None, session_router: Router | None) -> Router:
    """The router that counts: `router` is the global one, None where there is no nearer one."""
    nearest = session_router or project_router
    if nearest is None:
        return router
    kept = {"background_targets": router.background_targets}
    for field in ("default_targets", "image_targets"):
        kept[field] = getattr(nearest, field) or getattr(router, field)
    return nearest.model_copy(update=kept)


def with_effective_router(config: Config, project_router: Router | None, session_router: Router | None) -> Config:
    """`config` with the router that counts; the same object where there is no nearer one."""
    router = effective_router(config.router, project_router, session_router)
    return config if router is config.router else config.model_copy(update={"router": router})
