"""Seats that change while a request is open."""
