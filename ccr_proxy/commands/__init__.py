"""The `ccr` command.

entry         runs one command line and turns what happened into text and an exit code
group         the verbs, and what a mistyped one is told
options       what every verb understands: --config, --json, --debug
report        what a verb answers, and the one renderer for people and for programs
streams       output that an old code page cannot break
lifecycle     start, stop, restart
status        status
serve         serve (the gateway in the foreground)
activate      activate, env (shell lines that point Claude Code at the gateway)
about         version, help
"""
