"""What is to be done in an incident, by whom and until when."""
