"""How a page moves: on to its next step, back to its beginning, to its end."""
