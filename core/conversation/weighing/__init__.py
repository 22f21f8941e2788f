"""A second opinion on what unsure words ask for: a language model chooses an intent, and nothing else."""
