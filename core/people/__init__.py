"""Who is who, on every platform, and what each may do."""
