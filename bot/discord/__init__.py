"""Discord, in and out."""
