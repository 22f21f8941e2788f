"""Talking with people and programs, with or without a language model."""
