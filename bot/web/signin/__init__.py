"""Signing in at the pages: by a link from the chat, by Slack, Discord or an issuer of one's own."""
