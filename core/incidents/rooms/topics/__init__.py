"""What the rooms of incidents say that they are about."""
