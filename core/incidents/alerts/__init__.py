"""Alerts: what was heard of them, which incident they belong to, and when they count as over."""
