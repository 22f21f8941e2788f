"""What a runbook step can do to the world, one module each."""
