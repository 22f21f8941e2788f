"""Test suites, run from the chat."""
