"""What a message names besides times: one module for each family of things."""
