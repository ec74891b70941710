"""Print nothing when the gateway's usual port is free, else the number of a port that is."""

from __future__ import annotations

import socket

USUAL_PORT = 3456


def main() -> None:
    try:
        socket.create_server(("127.0.0.1", USUAL_PORT)).close()
    except OSError:
        with socket.create_server(("127.0.0.1", 0)) as listener:
            print(listener.getsockname()[1])


if __name__ == "__main__":
    main()
