"""The task for Windows, as the XML that its scheduler reads."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from pathlib import Path

from ccr_proxy.service.autostart.entry import Wanted
from ccr_proxy.service.autostart.task_scheduler import task_scheduler_entry

WANTED = Wanted(
    ("C:\\a & b\\python.exe", "-m", "ccr_proxy", "start", "--config", 'C:\\my "x"\\config.json'),
    {},
    Path("gateway.log"),
    Path("home"),
)
NAMESPACE = {"t": "http://schemas.microsoft.com/windows/2004/02/mit/task"}


def test_the_task_and_its_commands() -> None:
    entry = task_scheduler_entry(WANTED, Path("home"), "PC\\Zoë <me>")
    # The scheduler takes UTF-16 with a byte order mark, which is what the declaration says.
    assert entry.content[:2] in (b"\xff\xfe", b"\xfe\xff")
    task = ET.fromstring(entry.content)

    def text(path: str) -> str | None:
        return task.findtext(path, namespaces=NAMESPACE)

    assert text("t:Triggers/t:LogonTrigger/t:UserId") == "PC\\Zoë <me>"
    assert text("t:Principals/t:Principal/t:RunLevel") == "LeastPrivilege"
    assert text("t:Settings/t:ExecutionTimeLimit") == "PT0S"
    assert text("t:Settings/t:DisallowStartIfOnBatteries") == "false"
    assert text("t:Actions/t:Exec/t:Command") == "C:\\a & b\\python.exe"
    assert text("t:Actions/t:Exec/t:Arguments") == '-m ccr_proxy start --config "C:\\my \\"x\\"\\config.json"'
    assert entry.install == (
        ("schtasks", "/Create", "/TN", "ccr-proxy", "/XML", str(Path("home") / "ccr-proxy.xml"), "/F"),
        ("schtasks", "/Run", "/TN", "ccr-proxy"),
    )
    assert entry.withdraw == (("schtasks", "/Delete", "/TN", "ccr-proxy", "/F"),)
