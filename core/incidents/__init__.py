"""Incidents from declaration to resolution."""
