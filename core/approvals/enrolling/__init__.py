"""Whose second factor is new: said where operators hear of what may be wrong."""
