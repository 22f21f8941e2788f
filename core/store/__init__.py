"""Units of work on SQLite or PostgreSQL, and the rows every room shares."""
