"""How far a step is, said while it runs."""
