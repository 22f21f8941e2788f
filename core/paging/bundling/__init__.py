"""Several pages of one person at about the same time: one message."""
