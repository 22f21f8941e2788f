"""How people want to be called, as they say it themselves."""
