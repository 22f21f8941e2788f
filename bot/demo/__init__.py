"""A small simulated fleet and world to try Wardroom on."""
