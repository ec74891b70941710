"""The commands. Each has a `run` that returns a result object and a click command that feeds it and prints."""
