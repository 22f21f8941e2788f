"""What is asked about the world, one kind of source a module."""
