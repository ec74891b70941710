"""The gateway starts with the user's session: a systemd unit, a launchd agent, or a task of Windows.

entry            what such an entry is: a file, and the commands that make the system take it
systemd          for Linux;  launchd: for macOS;  task_scheduler: for Windows. All three are pure.
this_system      which of them, for whom, with which log
apply            install, remove and look at an entry
"""
