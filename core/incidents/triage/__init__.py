"""What an incident is likely to be: its category, what it touches, what may have caused it, and whose it is."""
