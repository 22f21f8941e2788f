"""What programs do, look at, watch and ask, whatever door they come through."""
