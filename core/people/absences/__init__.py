"""Absences: who is out of office, from when until when."""
