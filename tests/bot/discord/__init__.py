"""Discord, through the real client against a server that speaks its protocol."""
