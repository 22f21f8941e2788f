"""What an incident's timeline and thread say of its pages. Pure."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from core.paging.page import Page
from core.quantity import span
from core.text import nth


def nobody(service: str) -> str:
    """Nobody is called."""
    of = f"{service} has no owner with a schedule or an escalation" if service else "it has no service"
    return f"Nobody is paged: {of}. Page somebody by name: /incident page @name."


def said(page: Page, kind: str, data: Mapping[str, Any], names: Mapping[str, str]) -> str:
    """One line for what became of a page; nothing for what is told elsewhere."""
    if kind == "page.called":
        return f"{page.id} {_called(data, names)}"
    before, after = _name(data.get("from"), names), span(timedelta(seconds=round(data.get("seconds", 0))))
    lines = {
        "page.taken": f"{page.owner_name} answered {f'after {after}' if data.get('seconds', 0) >= 1 else 'at once'}.",
        "page.unanswered": "nobody has answered; the alarm is raised, and calling goes on.",
        "page.not_heard": f"{_named(data.get('people', ()), names)} could not be reached; the next are called.",
        "page.released": f"{before} gave it back; calling begins anew.",
        "page.lapsed": f"{before} took it, and nothing has happened since; calling begins anew.",
        "page.offered": f"{_name(data.get('to'), names)} is asked to take it over.",
    }
    return f"{page.id}: {lines[kind]}" if kind in lines else ""


def _called(data: Mapping[str, Any], names: Mapping[str, str]) -> str:
    people, channels = list(data.get("people", ())), list(data.get("channels", ()))
    again = f", for the {nth(int(data['round']) + 1)} time" if data.get("round") else ""
    whom = [*([_named(people, names)] if people else []), *(f"#{name}" for name in channels)]
    lost = list(data.get("without_a_way", ()))
    cannot = f" {_named(lost, names)} cannot be reached by anything." if lost else ""
    return f"calls {' and '.join(whom)}{again}.{cannot}"


def _named(people: Any, names: Mapping[str, str]) -> str:
    return ", ".join(names.get(one, str(one)) for one in people)


def _name(person: Any, names: Mapping[str, str]) -> str:
    return names.get(str(person), str(person or "somebody"))
