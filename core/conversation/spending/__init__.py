"""What a model was used for: counted by person and day."""
