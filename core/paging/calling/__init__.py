"""Taking one step of a page: whom it means now, and calling them."""
