"""What follows from votes and from time."""
