"""The gateway as a process: start, find, ask, stop.

In the gateway's own process:

    foreground      configuration, listener, record, serve, drain, exit code
    listening       which address and key the gateway really uses
    registration    its record on disk, which never replaces that of another running gateway
    stop_requests   signals and, on Windows, a file that ask it to stop
    drain           the listener closes, running answers finish

In the process of the one who starts, stops or asks:

    launcher        start: a detached process, reported only once it answers
    control         stop and restart
    status          what runs, where, with which routes
    find            the running gateway, by its record or on its port
    detached        a process that outlives this one, with its output in a log
    gateway_client  the running gateway's admin API
    log_reading     the log's end and what comes; log_entries: its lines as entries
    autostart       the gateway starts with the user's session
    trials          small real requests to single targets
    offline_explain    where a request would go, while no gateway runs
    offline_checks     how the providers are, while no gateway runs
    config_check    everything that is wrong with a configuration
    config_file     saves a changed configuration
    config_values   what counts in it, and where it comes from
    download        one file from an address
    command_line    how the background process is called

Shared: `state` (the record), `process` (is it still that process), `stale` (records of processes that ended), `probe`
(ask a port for its health), `port_owner` and `occupant` (who holds a port), `addresses`, `configuration`, `instance`,
`private_file`, `system_errors`.

A process is ours only if its creation time matches what it recorded, or if it answers with its instance id. A bare
process number is never enough to send a signal.
"""
