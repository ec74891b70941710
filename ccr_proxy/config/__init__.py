"""The configuration file `~/.claude-code-router/config.json`: where it is, what it says, how it is changed.

    paths         where the gateway's files are
    json_path     ("Providers", 0, "name") and how people read it
    json5         JSON5 text -> data, with a plain reason and place for every fault
    spans         where the parts of such a text stand
    edits         text -> text with one place changed
    document      the three together: text, data, positions, edits in place
    source        a file on disk -> its text, or one line that says why not
    schema        the typed configuration (pydantic): Config, Provider
      base          what all its models have in common
      router        Router, fallback, thinkWhen
      target_set    one target or several, and how to choose among them
      rules         Router.rules
        conditions, condition_parser    what a rule asks
        values, patterns, ranges, clock_time    what conditions are made of
        rewrites      what a rule changes
    interpolate   $NAME and ${NAME} from the environment
    problems      what can be wrong, with place and remedy
    checks        what a type cannot see: unknown providers, misspelt names
    load          a file on disk -> typed configuration and every problem in it
    check         as `load`, and what only `ccr config check` looks at
    model_edits   a route or a list of models changed, in the file's own words
    backups       names of copies
    json_schema   the types as JSON Schema, for editors
    fingerprint   whether a file changed
    reload        follows the file, never to a worse configuration
    project_routers    routers of single projects and sessions
    custom_router      the user's own route(request, config)
      custom_contract    what it is told, what it may answer
      python_file        runs a file that a user wrote

This package imports nothing by itself; what reads and edits texts needs the standard library only.
"""
