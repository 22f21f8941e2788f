"""What runs tell people outside their threads."""
