"""What the classifier of intents is trained from, and the script that does it."""
