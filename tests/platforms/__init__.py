"""Servers that speak the chat platforms' protocols and enforce their limits."""
