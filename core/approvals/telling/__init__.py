"""Telling people of requests: whom, when, and what is said."""
