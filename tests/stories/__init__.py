"""Stories told through the front door: what people do and see, and what the store keeps of it."""
