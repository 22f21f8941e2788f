"""What was deployed elsewhere, as pipelines report it."""
