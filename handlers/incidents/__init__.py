"""What people do with incidents and the alerts that make them."""
