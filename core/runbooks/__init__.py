"""Runbooks: definition, plan, durable execution."""
