"""Changing what is asked while it is open: other terms, other seats, and votes that begin anew."""
