"""Making one incident of two."""
