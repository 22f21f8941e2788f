"""What is kept quiet calls nobody: the pages of an incident all of whose alerts are silenced."""
