"""Seats while requests are open: their rows, and people who come because they are on call then."""
