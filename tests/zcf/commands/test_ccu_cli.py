"""`zcf ccu`: `ccr usage` in the language of the wizard."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.ccr_proxy.usage.transcripts.claude_folder import line, write


@pytest.fixture
def ccu(zcf_main: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Run it on a home with one answer."""
    for name in ("HOME", "USERPROFILE"):
        monkeypatch.setenv(name, str(tmp_path))
    for name in ("CLAUDE_CONFIG_DIR", "XDG_CACHE_HOME", "COLUMNS"):
        monkeypatch.delenv(name, raising=False)
    write(tmp_path, {"-home-u-app/s.jsonl": [line(input=1_000_000)]})
    return lambda *words: zcf_main("ccu", *words)


def test_the_report_is_by_day_unless_another_is_named(ccu: Any) -> None:
    code, out, err = ccu("--json")
    assert (code, err) == (0, "")
    assert list(json.loads(out)) == ["daily", "totals"]
    assert json.loads(ccu("monthly", "--json")[1])["monthly"][0]["month"] == "2026-11"


def test_in_chinese(ccu: Any) -> None:
    code, out, _ = ccu("--lang", "zh-CN", "-z", "UTC")
    assert code == 0
    assert out.splitlines()[0].strip() == "每日用量"
    assert out.splitlines()[2].split() == [
        "日期",
        "模型",
        "输入",
        "输出",
        "缓存写入",
        "缓存读取",
        "Token",
        "数",
        "费用",
    ]
    _, explained, _ = ccu("--lang", "zh-CN", "--help")
    assert "按哪个时区分日" in explained


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (("--sinc", "20261101"), "--since"),
        (("-p", "lib"), "没有项目 lib"),
        (("-z", "Asia/Shanghia"), "Asia/Shanghia 不是时区(是不是 Asia/Shanghai?)"),
        (("models", "--active"), "models 没有 --active 选项"),
    ],
)
def test_wrong_use(ccu: Any, words: tuple[str, ...], reason: str) -> None:
    code, out, err = ccu(*words, "--lang", "zh-CN")
    assert (code, out) == (2, "")
    assert reason in err.splitlines()[-1]
