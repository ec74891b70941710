"""The configuration file `~/.claude-code-router/config.json`: where it is, what it says, how it is changed.

    paths         where the gateway's files are
    json_path     ("Providers", 0, "name") and how people read it
    json5         JSON5 text -> data, with a plain reason and place for every fault
    spans         where the parts of such a text stand
    edits         text -> text with one place changed
    document      the three together: text, data, positions, edits in place
    source        a file on disk -> its text, or one line that says why not
    schema        the typed configuration (pydantic): Config, Provider, Router
    interpolate   $NAME and ${NAME} from the environment
    problems      what can be wrong, with place and remedy
    checks        what a type cannot see: unknown providers, misspelt names
    load          a file on disk -> typed configuration and every problem in it

This package imports nothing by itself; all but `schema`, `checks` and `load` need the standard library only.
"""
