"""Whose an incident is, and who is called because it is theirs now or theirs no more."""
