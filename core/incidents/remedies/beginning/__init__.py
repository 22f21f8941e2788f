"""Letting a runbook begin by itself, as far as policies and its own file let it."""
