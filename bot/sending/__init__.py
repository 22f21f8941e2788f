"""From rows of the outbox to what stands in chats, mailboxes and on phones."""
