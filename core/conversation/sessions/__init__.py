"""What was understood last in a conversation, so that the next words can refer to it."""
