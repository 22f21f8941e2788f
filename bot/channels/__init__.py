"""The ways other than cards in which something is told, one file each."""
