"""Time zones as people write them after a clock time: `CET`, `UTC+2`, `Berlin time`, `+05:30`. Pure."""

import re
import unicodedata
from datetime import timedelta, timezone, tzinfo
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from core.language.tokens import Words

_FIXED = {
    "utc": 0, "gmt": 0, "z": 0, "zulu": 0, "wet": 0, "west": 60, "bst": 60, "cet": 60, "cest": 120, "mez": 60,
    "mesz": 120, "eet": 120, "eest": 180, "msk": 180, "trt": 180, "gst": 240, "pkt": 300, "ist": 330, "ict": 420,
    "sgt": 480, "hkt": 480, "awst": 480, "jst": 540, "kst": 540, "acst": 570, "aest": 600, "aedt": 660, "nzst": 720,
    "nzdt": 780, "edt": -240, "est": -300, "cdt": -300, "cst": -360, "mdt": -360, "mst": -420, "pdt": -420,
    "pst": -480, "akst": -540, "hst": -600, "brt": -180, "art": -180,
}  # fmt: skip
_REGIONS = {
    "America/New_York": "eastern|new york|boston|ny|nyc|us east",
    "America/Chicago": "central|chicago|dallas|texas",
    "America/Denver": "mountain|denver",
    "America/Los_Angeles": "pacific|los angeles|san francisco|seattle|sf|la|california|us west",
    "America/Toronto": "toronto",
    "America/Sao_Paulo": "sao paulo",
    "Europe/London": "london|uk",
    "Europe/Dublin": "dublin",
    "Europe/Lisbon": "lisbon",
    "Europe/Paris": "paris",
    "Europe/Madrid": "madrid",
    "Europe/Rome": "rome",
    "Europe/Berlin": "berlin|munich|german|germany|hamburg|frankfurt",
    "Europe/Zurich": "zurich|swiss",
    "Europe/Vienna": "vienna",
    "Europe/Amsterdam": "amsterdam",
    "Europe/Brussels": "brussels",
    "Europe/Stockholm": "stockholm",
    "Europe/Warsaw": "warsaw",
    "Europe/Prague": "prague",
    "Europe/Helsinki": "helsinki",
    "Europe/Athens": "athens",
    "Europe/Kyiv": "kyiv",
    "Europe/Istanbul": "istanbul",
    "Europe/Moscow": "moscow",
    "Asia/Jerusalem": "tel aviv|israel",
    "Asia/Dubai": "dubai",
    "Asia/Kolkata": "mumbai|delhi|bangalore|bengaluru|india|indian",
    "Asia/Singapore": "singapore",
    "Asia/Hong_Kong": "hong kong",
    "Asia/Shanghai": "shanghai|beijing|china",
    "Asia/Tokyo": "tokyo|japan",
    "Asia/Seoul": "seoul",
    "Australia/Sydney": "sydney",
    "Australia/Melbourne": "melbourne",
    "Pacific/Auckland": "auckland",
}
_SHORT = {
    "et": "America/New_York",
    "ct": "America/Chicago",
    "mt": "America/Denver",
    "pt": "America/Los_Angeles",
}
_CITIES = {city: name for name, cities in _REGIONS.items() for city in cities.split("|")}
_OFFSET = re.compile(r"(?:(?:utc|gmt)\s?)?([+-])(\d{1,2})(?::?(\d{2}))?(?!\d|[:.-]\d)", re.IGNORECASE)
_NAMED = re.compile(
    r"(?:africa|america|asia|atlantic|australia|europe|pacific|etc|indian)/[a-z_]+(?:/[a-z_]+)?",
    re.IGNORECASE,
)
_MOST = 14 * 60
_NO_PLACES = frozenset(("Etc", "SystemV", "posix", "right", "Factory", "localtime"))


def zone(words: Words, index: int, *, dash: bool = False) -> tuple[tzinfo, int] | None:
    """The time zone that is named at a token, and the index after it. `dash`: one may be `-05:00`, which else is a range."""
    return (
        _offset(words, index, dash=dash)
        or _named(words, index)
        or _city(words, index)
        or _abbreviated(words, index)
    )


def zone_called(name: str) -> tuple[str, tzinfo] | None:
    """The zone of a city, a country or an abbreviation, with what to call it: `New York`, `Japan`, `CET`; None where nobody knows it."""
    said = _spelt(name).removesuffix(" time")
    known = _CITIES.get(said) or _SHORT.get(said) or _places().get(said)
    if known is not None:
        return known, ZoneInfo(known)
    return (said.upper(), timezone(timedelta(minutes=_FIXED[said]))) if said in _FIXED else None


@lru_cache(maxsize=1)
def _places() -> dict[str, str]:
    """The zone of each place that the tz database names, by the last part of its name and by all of it."""
    names = sorted(available_timezones(), key=lambda name: (name.count("/"), name), reverse=True)
    real = [name for name in names if name.partition("/")[0] not in _NO_PLACES]
    return {_spelt(said): name for name in real for said in (name, name.rpartition("/")[2])}


def _spelt(name: str) -> str:
    """A name as it is looked up, whatever its case, its accents and the marks between its words: `Zürich`, `St. Johns`."""
    plain = "".join(one for one in unicodedata.normalize("NFKD", name) if not unicodedata.combining(one))
    return " ".join(plain.casefold().replace("_", " ").replace(".", " ").split())


def _offset(words: Words, index: int, *, dash: bool) -> tuple[tzinfo, int] | None:
    found = words.match(_OFFSET, index)
    if not found:
        return None
    match, after = found
    sign, hours, minutes = match.groups()
    bare = not match.group().lower().startswith(("utc", "gmt"))
    if bare and (len(hours) < 2 or words.spaced(index + 1)):
        return None  # “- 3” is a range
    if bare and sign == "-" and (minutes is None or not dash):
        return None  # “14:00-16” is one too
    offset = (int(hours) * 60 + int(minutes or 0)) * (-1 if sign == "-" else 1)
    return (timezone(timedelta(minutes=offset)), after) if abs(offset) <= _MOST else None


def _named(words: Words, index: int) -> tuple[tzinfo, int] | None:
    found = words.match(_NAMED, index)
    known = _iana(found[0].group()) if found else None
    return (known, found[1]) if found and known else None


def _city(words: Words, index: int) -> tuple[tzinfo, int] | None:
    for size in (2, 1):
        name = " ".join(words[index + step] for step in range(size))
        if name in _CITIES and words[index + size] == "time":
            return ZoneInfo(_CITIES[name]), index + size + 1
    return None


def _abbreviated(words: Words, index: int) -> tuple[tzinfo, int] | None:
    word = words[index]
    after = index + 2 if words[index + 1] == "time" else index + 1
    if word in _SHORT:
        return ZoneInfo(_SHORT[word]), after
    return (timezone(timedelta(minutes=_FIXED[word])), after) if word in _FIXED else None


@lru_cache(maxsize=256)
def _iana(name: str) -> ZoneInfo | None:
    spelt = "/".join("_".join(part.capitalize() for part in piece.split("_")) for piece in name.split("/"))
    try:
        return ZoneInfo(spelt)
    except (ZoneInfoNotFoundError, ValueError):
        return None
