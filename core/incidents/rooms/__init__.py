"""Where an incident is worked on: its threads, and the channel or post of its own."""
