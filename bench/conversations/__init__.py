"""Long conversations with questions whose answers are known, composed from exchanges that were written by hand."""
