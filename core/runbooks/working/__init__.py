"""What workers ask of the rows of runs: what is ready, whose lease has run out, what should stop."""
