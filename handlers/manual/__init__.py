"""The documentation as the bot answers from it."""
