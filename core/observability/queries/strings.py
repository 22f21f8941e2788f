"""Strings of query languages that write them as Go does. Pure."""

_SHORT = 0xFFFF  # the highest letter that four digits name


def escaped(value: str, mark: str = '"') -> str:
    """A value as it is written between two of these quotation marks, which nothing in it can end."""
    return "".join(_letter(one, mark) for one in value)


def _letter(one: str, mark: str) -> str:
    if one in (mark, "\\"):
        return f"\\{one}"
    if one.isprintable():
        return one
    return f"\\u{ord(one):04x}" if ord(one) <= _SHORT else f"\\U{ord(one):08x}"
