"""Changes of a service's health as news of an alert."""
