"""Whether what is run here works: checks, what follows from them, and who looks again and again."""
