"""The process edge: everything that knows a protocol."""
