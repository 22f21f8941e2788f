"""What silence may approve, and what speaks against it."""
