"""The healthy machine of the doctor's tests."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.zcf.conftest import World
from tests.zcf.healthy import Room, healthy_room


@pytest.fixture
def room(world: World, port: int) -> Iterator[Room]:
    room = healthy_room(world, port)
    yield room
    room.gateway.close()
