from __future__ import annotations

import os
from pathlib import Path

import pytest

from ccr_proxy.config.source import decoded, read_text
from ccr_proxy.errors import ConfigFault


def test_the_text_keeps_its_line_endings_and_byte_order_mark(tmp_path: Path) -> None:
    path = tmp_path / "config.json"
    path.write_bytes(b"\xef\xbb\xbf{\r\n}\r")
    assert read_text(path) == "\ufeff{\r\n}\r"


def test_a_link_is_followed(tmp_path: Path) -> None:
    (tmp_path / "real").write_text("{}")
    (tmp_path / "config.json").symlink_to("real")
    assert read_text(tmp_path / "config.json") == "{}"


def test_what_cannot_be_read_is_one_plain_line(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "broken").symlink_to("gone")
    (tmp_path / "loop").symlink_to("loop")
    expected = {
        "absent": "no such file",
        "folder": "this is a folder, not a file",
        "broken": "the link leads to gone, which does not exist",
        "loop": "cannot be read: ",
    }
    for name, reason in expected.items():
        with pytest.raises(ConfigFault) as caught:
            read_text(tmp_path / name)
        assert caught.value.message.startswith(f"{tmp_path / name}: {reason}")
        assert "\n" not in caught.value.message


def test_a_file_that_may_not_be_read_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # Administrators may read everything, so the refusal itself is injected.
    def refuse(path: Path) -> bytes:
        raise PermissionError(13, os.strerror(13), str(path))

    monkeypatch.setattr(Path, "read_bytes", refuse)
    with pytest.raises(ConfigFault, match="may not be read by this user; check its permissions"):
        read_text(tmp_path / "config.json")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("{}".encode("utf-16"), "x.json: the file is not UTF-8 but UTF-16 or binary; save it as UTF-8"),
        ("{}".encode("utf-16-le"), "x.json: the file is not UTF-8 but UTF-16 or binary; save it as UTF-8"),
        (b'{\n"a": "\xe9"}', "x.json:2: byte 0xe9 is not UTF-8; save the file as UTF-8"),
    ],
)
def test_other_encodings_are_named(content: bytes, message: str) -> None:
    with pytest.raises(ConfigFault) as caught:
        decoded(content, "x.json")
    assert caught.value.message == message
