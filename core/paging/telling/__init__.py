"""What pages say when they leave, and whether they still should."""
