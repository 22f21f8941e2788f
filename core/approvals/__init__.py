"""Quorum approval: requests, decisions, tally, deadlines."""
