"""What becomes of a page that somebody has."""
