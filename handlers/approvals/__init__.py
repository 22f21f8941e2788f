"""Asking for approval, deciding, and everything people do with a request in between."""
