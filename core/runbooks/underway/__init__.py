"""A step while its action runs in this process."""
