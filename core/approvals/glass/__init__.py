"""Acting at once and alone, in an emergency: loud, never over a hard limit, and reviewed by others afterwards."""
