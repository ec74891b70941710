"""A port that is taken, and what is said about it."""

from __future__ import annotations

import os
import socket
from typing import Any

import pytest

from ccr_proxy.service.occupant import foreign_address_fault, occupied_message, other_program_on, port_is_taken


@pytest.mark.parametrize(
    ("listening", "wanted", "taken"),
    [("127.0.0.1", "127.0.0.1", True), ("0.0.0.0", "127.0.0.1", True), ("127.0.0.1", "localhost", True)],
)
def test_a_port_with_a_listener_is_taken(listening: str, wanted: str, taken: bool) -> None:
    with socket.create_server((listening, 0)) as listener:
        assert port_is_taken(wanted, listener.getsockname()[1]) is taken


def test_a_port_that_was_just_given_up_is_free_although_its_connections_linger() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        client = socket.create_connection(("127.0.0.1", port))
        connection, _ = listener.accept()
        connection.close()
        client.close()
    assert port_is_taken("127.0.0.1", port) is False
    assert other_program_on("127.0.0.1", port) is None


def test_an_address_of_another_machine_is_not_called_taken() -> None:
    assert port_is_taken("192.0.2.1", 3456) is False
    assert port_is_taken("no-such-host.invalid", 3456) is False


def test_another_program_is_named_with_what_to_do() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        message = occupied_message("127.0.0.1", port)
    assert message.startswith(f"port {port} on 127.0.0.1 is in use by ")
    assert f"(pid {os.getpid()}): stop it, or choose another port" in message


def test_an_older_copy_of_ours_is_named_with_its_version(home: Any) -> None:
    home.write_config()
    gateway = home.serve_until_listening(STAND_IN_VERSION="0.0.7")
    message = occupied_message("127.0.0.1", home.port)
    assert f"is in use by ccr_proxy 0.0.7 (pid {gateway.pid}): `ccr restart` replaces it" in message


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "0.0.0.0", ""])
def test_an_address_of_this_machine_can_be_listened_on(host: str) -> None:
    assert foreign_address_fault(host) is None


@pytest.mark.parametrize("host", ["192.0.2.1", "no such host", "no-such-host.invalid", "a..b"])
def test_an_address_of_another_machine_and_no_address_at_all_cannot(host: str) -> None:
    assert foreign_address_fault(host)
