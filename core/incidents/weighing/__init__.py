"""How grave an incident is by what the house knows."""
