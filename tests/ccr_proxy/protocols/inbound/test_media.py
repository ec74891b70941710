"""Pictures and files."""

from __future__ import annotations

from base64 import b64encode
from typing import Any

import pytest

from ccr_proxy.errors import ClientFault
from ccr_proxy.protocols.inbound.media import file, image

WORDS = b64encode("größer".encode()).decode()


def base64(media_type: str, data: str) -> dict[str, str]:
    return {"type": "base64", "media_type": media_type, "data": data}


@pytest.mark.parametrize(
    ("url", "source"),
    [
        ("https://a.example/b.png", {"type": "url", "url": "https://a.example/b.png"}),
        ("data:image/webp;base64,AA+/", base64("image/webp", "AA+/")),
        ("data:image/png;name=x.png;base64,AAAA", base64("image/png", "AAAA")),
    ],
)
def test_pictures(url: str, source: dict[str, str]) -> None:
    assert image(url, "f") == {"type": "image", "source": source}


@pytest.mark.parametrize("url", ["", None, 5, "file:///a.png", "data:image/png,raw", "AAAA", {}])
def test_pictures_in_no_known_form(url: object) -> None:
    with pytest.raises(ClientFault, match="field: must be an http"):
        image(url, "field")


@pytest.mark.parametrize(
    ("part", "block"),
    [
        ({"file_data": "JVBE"}, {"type": "document", "source": base64("application/pdf", "JVBE")}),
        (
            {"file_data": "JVBE", "filename": "a.PDF"},
            {"type": "document", "source": base64("application/pdf", "JVBE"), "title": "a.PDF"},
        ),
        (
            {"file_data": "data:;base64,JVBE"},
            {"type": "document", "source": base64("application/pdf", "JVBE")},
        ),
        (
            {"file_data": WORDS, "filename": "a.md"},
            {
                "type": "document",
                "source": {"type": "text", "media_type": "text/plain", "data": "größer"},
                "title": "a.md",
            },
        ),
        (
            {"file_data": f"data:application/json;base64,{WORDS}"},
            {"type": "document", "source": {"type": "text", "media_type": "text/plain", "data": "größer"}},
        ),
        ({"file_data": "AAAA", "filename": "a.png"}, {"type": "image", "source": base64("image/png", "AAAA")}),
        (
            {"file_url": "https://a.example/b"},
            {"type": "document", "source": {"type": "url", "url": "https://a.example/b"}},
        ),
    ],
)
def test_files(part: dict[str, Any], block: dict[str, Any]) -> None:
    assert file(part, "f") == block


@pytest.mark.parametrize(
    ("part", "words"),
    [
        ({"file_id": "file-1"}, "f.file_id: is stored at OpenAI"),
        ({}, "f: is stored at OpenAI"),
        ({"file_data": "%%", "filename": "a.txt"}, "f.file_data: is not UTF-8 text"),
        ({"file_data": "/w==", "filename": "a.txt"}, "f.file_data: is not UTF-8 text"),
    ],
)
def test_files_that_cannot_be_read(part: dict[str, Any], words: str) -> None:
    with pytest.raises(ClientFault) as raised:
        file(part, "f")
    assert raised.value.message.startswith(words)
