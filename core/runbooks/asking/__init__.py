"""Questions that steps put to people, and their answers, which become outputs."""
