"""Where messages live, and what is told to whom."""
