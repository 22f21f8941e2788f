"""The end of an incident by people, checked against what began it."""
