"""Runbooks that a language model drafts, and people look at before anything of them runs."""
