"""What people say about a request without deciding."""
