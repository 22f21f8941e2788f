"""Alerts gathered into incidents: found or declared by group, told of, and over when the alerts are."""
