"""What can be wrong between Claude Code, zcf and the gateway. Does no IO: facts in, findings out.

codes           every kind of finding, with its group, severity and repair
finding         one finding
facts           what `zcf/look/checkup.py` found out
effective       settings.json and the shell together, as Claude Code reads them

claude, credentials, shell, programs, gateway, configuration, files, providers, own
                the checks, one group each

every           all checks in order
repairs         what a repair changes in Claude Code's two files
"""
