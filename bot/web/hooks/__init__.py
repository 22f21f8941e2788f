"""Where monitoring systems deliver alerts."""
