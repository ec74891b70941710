"""The gateway as a process: start, find, ask, stop.

    foreground      one gateway in this process: bind, record itself, serve, drain
    launcher        the same as a detached process, reported only once it answers
    control         stop, restart and status of the one that runs
    state           what a running gateway leaves on disk so that it can be found, and the proof that it is still it
    probe           asks a port for its health
    port_owner      names the program that listens on a port
    listening       which address and key the gateway really uses

A process is ours only if its creation time matches what it recorded, or if it answers with its instance id. A bare
process number is never enough to send a signal.
"""
