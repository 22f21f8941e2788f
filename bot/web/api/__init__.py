"""The REST interface for programs, version 1."""
