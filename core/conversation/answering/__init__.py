"""Questions in a chat that a language model answers, and what it may lean on."""
