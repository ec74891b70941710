"""The verbs of `ccr` in the order of the help, and where each is: `module:command` below `ccr_proxy.commands`."""

from __future__ import annotations

MODULES = {
    "code": "code:code",
    "start": "lifecycle:start",
    "stop": "lifecycle:stop",
    "restart": "lifecycle:restart",
    "status": "status:status",
    "serve": "serve:serve",
    "service": "service:service",
    "logs": "logs:logs",
    "model": "model:model",
    "preset": "preset:preset",
    "install": "preset:install",
    "explain": "explain:explain",
    "usage": "usage:usage",
    "test": "test:test",
    "health": "health:health",
    "config": "config:config",
    "activate": "activate:activate",
    "version": "about:version",
    "help": "about:help_verb",
    "env": "activate:activate",
}
# In the help, where the name of a preset stands.
ANY_PRESET = "NAME"
