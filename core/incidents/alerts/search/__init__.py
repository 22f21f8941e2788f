"""Looking for alerts."""
