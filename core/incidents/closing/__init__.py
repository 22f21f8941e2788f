"""The end of an incident after its end: closing what stayed resolved for long enough."""
