"""What the bot notices about how somebody works, what they told it to prefer, and what it would do next in their place."""
