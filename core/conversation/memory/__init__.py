"""What was said to the bot, and by it: turns, summaries of them, and facts; what is kept, found again and erased."""
