"""Planning: from what was seen and asked to a list of changes. Does no IO, so that every plan can be tested as data."""
