"""Whether what began an incident is still wrong."""
