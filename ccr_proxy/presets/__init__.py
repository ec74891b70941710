"""Presets: configurations with a name that others can install, as Claude Code Router 2 has them.

    ~/.claude-code-router/presets/NAME/manifest.json

A manifest is one JSON5 object: what the preset is (`name`, `version`, …), what it configures (`Providers`, `Router`,
…), and what it asks its user for (`schema`, `template`, `configMappings`); the answers are in `userValues`.

names       which names there may be
manifest    a manifest, read and taken apart
inputs      what a preset asks for, when, and which answers are good
filled      a manifest with its answers: the configuration it stands for
shared      a configuration as a manifest for others, without its secrets
archive     a preset's files out of a folder or a zip archive, and into one
installed   the presets on the disk
"""
