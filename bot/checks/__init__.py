"""By what a service can be probed; each module is one means."""
