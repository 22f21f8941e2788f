"""Finding what was said before: by words, who said it, what stands around it, and when."""
