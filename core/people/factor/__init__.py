"""A second factor of a person: the codes of an authenticator, and ten codes for when it is lost."""
