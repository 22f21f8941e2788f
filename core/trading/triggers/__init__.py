"""The built-in reasons to ask about an order, one a module."""
