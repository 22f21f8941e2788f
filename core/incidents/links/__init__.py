"""What an incident has to do with: other incidents, runs, requests, pages elsewhere."""
