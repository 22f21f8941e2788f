"""What incidents and pages make of each other: who is called for one, and what its timeline says of it."""
