"""What time does to a request."""
