"""Swaps of shifts that one person proposes and the other agrees to, or not."""
