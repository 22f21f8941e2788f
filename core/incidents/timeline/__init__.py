"""The timeline: what is kept of what people said, and what the house saw by itself."""
