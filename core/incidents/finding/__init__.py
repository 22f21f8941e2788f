"""Finding the incident that somebody is about to declare a second time."""
