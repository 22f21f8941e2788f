"""How each step of a run stood after each of its last commits."""
