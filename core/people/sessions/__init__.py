"""Who is signed in at the pages: each session a row that can be ended."""
