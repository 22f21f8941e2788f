"""Who has which part in an incident: commander, communications, scribe; and whose it is."""
