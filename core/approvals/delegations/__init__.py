"""Delegations: for a time, somebody else may decide in one's place."""
