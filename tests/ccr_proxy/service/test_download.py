"""A file is downloaded only from where nobody on the way can change it, and only up to a size."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from ccr_proxy.errors import ServiceFault
from ccr_proxy.service.download import download


class _Site(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        if self.path == "/away":
            self.send_response(302)
            self.send_header("location", "http://192.0.2.1/preset.zip")
            self.end_headers()
            return
        self.send_response(200 if self.path == "/file" else 404)
        self.end_headers()
        self.wfile.write(b"0123456789")

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        return


@pytest.fixture
def site() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Site)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_file(site: str) -> None:
    assert download(f"{site}/file", 10) == b"0123456789"


@pytest.mark.parametrize(
    ("path", "reason"), [("/file", "is larger than"), ("/gone", "cannot be downloaded: HTTP Error 404")]
)
def test_what_does_not_come(site: str, path: str, reason: str) -> None:
    with pytest.raises(ServiceFault, match=reason):
        download(site + path, 9)


def test_no_unsafe_address_is_asked_not_even_after_a_redirect(site: str) -> None:
    for address in ("http://example.com/p.zip", "file:///etc/passwd", "ftp://example.com/p", f"{site}/away"):
        with pytest.raises(ServiceFault, match="is not an https address"):
            download(address, 10)
