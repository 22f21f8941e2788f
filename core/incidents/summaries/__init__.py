"""An incident in words for three audiences: those who work on it, those who answer for it, and everybody."""
