"""Looking for requests."""
