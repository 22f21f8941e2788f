"""Services and environments, and the names people use for them."""
