"""The local workspace: a chat without accounts."""
