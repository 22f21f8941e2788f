"""Who is on call, and until when."""
