"""Recording this process as the gateway that `ccr stop` and `ccr status` mean."""

from __future__ import annotations

from dataclasses import replace

from ccr_proxy.service.process import process_of
from ccr_proxy.service.state import GatewayState, read_state, remove_state, write_state


class Registration:
    """This gateway's record on disk, and the guarantee that it never touches the record of another one."""

    def __init__(self, state: GatewayState) -> None:
        self.state = state

    def claim(self) -> GatewayState | None:
        """Record this gateway, unless another one that still listens is recorded: then that one is returned.

        Raises OSError when the record cannot be written.
        """
        current = read_state()
        if current is not None and not current.draining and process_of(current) is not None:
            return current
        write_state(self.state)
        return None

    def mark_draining(self) -> None:
        """Say that this gateway no longer listens, so that another may take its place. Raises OSError."""
        current = read_state()
        if current is not None and current.instance == self.state.instance:
            write_state(replace(self.state, draining=True))

    def release(self) -> None:
        """Remove the record if it is still this gateway's. Raises OSError."""
        remove_state(self.state)
