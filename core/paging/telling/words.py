"""The words of pages, short enough for a telephone at night. Pure."""

from collections.abc import Mapping, Sequence
from datetime import UTC
from typing import Any

from core.paging.page import Called, Origin, Page, State
from core.text import cut, moment

_NAMED, _TITLE = 10, 100


def headline(page: Page, cause: str, names: Mapping[str, str], *, full: bool) -> str:
    """The first line of a message; without `full` it does not say what the page is about."""
    about = f": {page.title}" if full else ""
    kind, _, rest = cause.partition(":")
    match kind:
        case "taken" if page.state is State.OVER:
            return f"{page.id} is over, you need not do anything{about}"
        case "taken":
            return f"{page.owner_name or 'Somebody'} has {page.id}, you need not do anything{about}"
        case "returned":
            other = names.get(rest.partition(":")[2], "The other one")
            return f"{other} does not take it over: {page.id} is still yours{about}"
        case _:
            return f"{_kind(page)} {page.id}{about}"


def several(pages: Sequence[Page], *, full: bool) -> str:
    """The first line of a message about several: how many, and what the first is about, or only what they are called."""
    kind = "pages" if pages[0].urgency == "high" else "pages (can wait)"
    named = [one.id for one in pages]
    if full:
        more = len(pages) - 1
        return f"{len(pages)} {kind}: {named[0]} {cut(pages[0].title, _TITLE)}, and {more} more"
    more = len(named) - _NAMED
    return f"{len(pages)} {kind}: {', '.join(named[:_NAMED])}{f' and {more} more' if more > 0 else ''}"


def several_taken(pages: Sequence[Page]) -> str:
    """The first line of a message that others have answered several: who has which, and which are over."""
    by_owner: dict[str, list[str]] = {}
    for one in pages:
        had = "" if one.state is State.OVER else one.owner_name or "Somebody"
        by_owner.setdefault(had, []).append(one.id)
    said = [
        f"{name} has {_ids(ids)}" if name else f"{_ids(ids)} {'is' if len(ids) == 1 else 'are'} over"
        for name, ids in by_owner.items()
    ]
    return f"{'; '.join(said)}: you need not do anything"


def others(pages: Sequence[Page]) -> Mapping[str, Any]:
    """What the others of a message are about, one by one as far as a message should be long."""
    found = {one.id: cut(one.title, _TITLE) for one in pages[:_NAMED]}
    more = len(pages) - _NAMED
    return {"others": found | ({"Besides": f"{more} more"} if more > 0 else {})}


def status(page: Page) -> str:
    """How it stands, in a few words."""
    match page.state:
        case State.TAKEN:
            return f"{page.owner_name} has it"
        case State.OVER:
            return "over"
        case State.HELD:
            return "held"
        case State.CALLING:
            return "nobody has answered yet" if page.at and (page.at.step or page.at.round) else "calling you"


def facts(page: Page) -> Mapping[str, Any]:
    """Everything that a message may say of it, in values of JSON."""
    return {
        "id": page.id,
        "kind": "page",
        "title": page.title,
        "requester": page.by_name,
        "priority": "HIGH" if page.urgency == "high" else "LOW",
        "status": status(page),
        "created": page.created.astimezone(UTC).isoformat().replace("+00:00", "Z"),
    }


def tried(page: Page, calls: Sequence[Called], names: Mapping[str, str]) -> str:
    """That nobody has answered, who was called, whom its last step calls now, and when it begins anew."""
    is_new = {one.id: (one.round, one.step) == (page.at.round, page.at.step) for one in calls if page.at}
    before = _people([one for one in calls if not is_new.get(one.id)], names)
    now = _people([one for one in calls if is_new.get(one.id)], names)
    plan = f" ({page.plan.name})" if page.plan.name else ""
    whom = f"{before} did not answer" if before else "it has reached nobody"
    last = f"; now it calls {now}" if now else "" if before else ", and leads to nobody who can be called"
    begins = f" at {moment(page.due)}" if page.due else ""
    return (
        f"Nobody has answered {page.id}: {page.title}. Its escalation{plan} is through: {whom}{last}. It begins "
        f"anew{begins}, unless somebody answers before: `/oncall ack {page.id}`."
    )


def _people(calls: Sequence[Called], names: Mapping[str, str]) -> str:
    return ", ".join(dict.fromkeys(names.get(one.person, one.person) for one in calls))


def _kind(page: Page) -> str:
    if page.origin is Origin.TEST:
        return "TEST page"
    return "Page" if page.urgency == "high" else "Page (can wait)"


def _ids(ids: Sequence[str]) -> str:
    *before, last = [*ids[:_NAMED], *([f"{len(ids) - _NAMED} more"] if len(ids) > _NAMED else [])]
    return f"{', '.join(before)} and {last}" if before else last
