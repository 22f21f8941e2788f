"""Who is on call, swapping shifts, calling people and answering a call."""
