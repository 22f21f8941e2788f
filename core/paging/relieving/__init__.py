"""Who is on call changes while a page calls people."""
