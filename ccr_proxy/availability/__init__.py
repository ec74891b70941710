"""Who answers when not everybody does: keys, retries, failover, breakers, limits, sessions.

One request is a `Run`: it offers one attempt after the other until one has answered. Nothing here opens a connection;
clock, sleep and random are passed in, and only `door.py` knows asyncio.

availability.py     Availability: what all runs share, made once per gateway; snapshot, reset
  run.py              Run, Attempt: the attempts of one request, in order, each accounted for
  line.py             who is still to be tried
  selection.py        strategies: ordered, weighted, least busy, fastest, cheapest
  affinity.py         a session stays where its prompt cache is
  keys.py             several keys of one provider
failures.py         what a failure means: THE table (docs/availability.md)
  retry_after.py      when a provider wants to be asked again
  breaker.py          the state of one circuit
  circuits.py         the circuits above one candidate
  most_useful.py      which of several errors the client gets
limits.py           requests and tokens per minute
budgets.py          tokens and money per day and month
  read_budgets.py     from the configuration, with every problem
  door.py             waiting in line for a provider
trace.py            what was tried, for people
settings.py         all that can be configured, as types
  health_checks.py    when to ask providers unasked
  read_settings.py    from the configuration to settings, with every problem
  settings_schema.py  the same as JSON Schema, for editors
  problems.py         the configuration with those problems among its own
shared_state.py     the seam for what several gateways would share
"""
