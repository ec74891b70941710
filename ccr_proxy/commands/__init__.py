"""The `ccr` command.

entry         runs one command line and turns what happened into text and an exit code
group         the verbs, and what a mistyped one is told
options       what every verb understands: --config, --json, --debug
report        what a verb answers, and the one renderer for people and for programs
streams       output that an old code page cannot break
lifecycle     start, stop, restart
status        status
service       service install, service uninstall, service status
logs          logs
model         model, model set, model add, model remove
preset        preset and install, with preset_questions (what is asked) and preset_files (where from and to)
preset_verb   the name of a preset as a verb
explain       explain, with what it prints in explain_lines
test          test
health        health, health reset, health check
config        config check, config schema, config show
table         rows in columns; problems: problems of a configuration
serve         serve (the gateway in the foreground)
activate      activate, env (shell lines that point Claude Code at the gateway)
about         version, help
"""
