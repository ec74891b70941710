"""zcf: the wizard that lets Claude Code run on any model.

The map, in the order in which a step happens:

    look/       what is there: Claude Code and its files, the gateway's config, the port, keys, local model servers
    plan/       pure: what will be changed, from what to what, and how that reads as a diff
    apply/      lock, back up, write all or nothing, remember in a receipt
    commands/   the commands themselves; each returns a result, `report.py` prints it for people or as JSON

    net.py      the only module that imports httpx
    gateway.py  the running gateway, seen from the wizard
    presets.py  the providers we know, as data
    i18n/       every sentence a user can read, in English and Simplified Chinese
"""
