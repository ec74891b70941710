"""Looking: what is on this machine now. Reads files, the environment and ports; writes nothing."""
