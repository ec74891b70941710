"""Windows: a task that runs when the user logs on
(https://learn.microsoft.com/windows/win32/taskschd/task-scheduler-schema).

The scheduler cannot lead a program's output into a file, and shows a window for as long as a console program runs. So
the task is `ccr start`, which starts the gateway without a window and with its log, and ends.
"""

from __future__ import annotations

import subprocess
from pathlib import Path
from xml.sax.saxutils import escape

from ccr_proxy.service.autostart.entry import DESCRIPTION, NAME, Entry, Wanted


def task_scheduler_entry(wanted: Wanted, folder: Path, user: str) -> Entry:
    """For `user` (DOMAIN\\name); the task's description is kept in `folder`."""
    path = folder / f"{NAME}.xml"
    return Entry(
        system="Task Scheduler",
        path=path,
        content=_task(wanted, user).encode("utf-16"),
        check=("schtasks", "/Query", "/FO", "LIST"),
        install=(("schtasks", "/Create", "/TN", NAME, "/XML", str(path), "/F"), ("schtasks", "/Run", "/TN", NAME)),
        withdraw=(("schtasks", "/Delete", "/TN", NAME, "/F"),),
        forget=(),
        query=("schtasks", "/Query", "/TN", NAME),
        note="it starts when you log on",
    )


def _task(wanted: Wanted, user: str) -> str:
    program, *arguments = wanted.command
    return f"""\
<?xml version="1.0" encoding="UTF-16"?>
<Task version="1.2" xmlns="http://schemas.microsoft.com/windows/2004/02/mit/task">
  <RegistrationInfo>
    <Description>{escape(DESCRIPTION)}</Description>
  </RegistrationInfo>
  <Triggers>
    <LogonTrigger>
      <Enabled>true</Enabled>
      <UserId>{escape(user)}</UserId>
    </LogonTrigger>
  </Triggers>
  <Principals>
    <Principal id="Author">
      <UserId>{escape(user)}</UserId>
      <LogonType>InteractiveToken</LogonType>
      <RunLevel>LeastPrivilege</RunLevel>
    </Principal>
  </Principals>
  <Settings>
    <MultipleInstancesPolicy>IgnoreNew</MultipleInstancesPolicy>
    <DisallowStartIfOnBatteries>false</DisallowStartIfOnBatteries>
    <StopIfGoingOnBatteries>false</StopIfGoingOnBatteries>
    <ExecutionTimeLimit>PT0S</ExecutionTimeLimit>
  </Settings>
  <Actions Context="Author">
    <Exec>
      <Command>{escape(program)}</Command>
      <Arguments>{escape(subprocess.list2cmdline(arguments))}</Arguments>
      <WorkingDirectory>{escape(str(wanted.directory))}</WorkingDirectory>
    </Exec>
  </Actions>
</Task>
"""
