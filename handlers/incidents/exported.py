"""A review as data: the same wherever it is asked for. Pure."""

from datetime import timedelta
from typing import Any

from core.incidents.review import markdown
from core.incidents.review.review import Document, Review


def shape(document: Document) -> dict[str, Any]:
    """Everything of a review, with the Markdown of it; times that passed are in seconds."""
    counted = document.figures
    return {
        "incident": document.incident.model_dump(mode="json"),
        "review": review(document.review),
        "figures": {
            "time_to_acknowledge": _seconds(counted.acknowledge),
            "time_to_mitigate": _seconds(counted.mitigate),
            "time_to_resolve": _seconds(counted.resolve),
            "alerts": counted.alerts,
            "pages": counted.pages,
            "runs": counted.runs,
            "updates": counted.updates,
            "people": list(counted.people),
        },
        "tasks": [{"text": text, "done": is_done} for text, is_done in document.tasks],
        "timeline": [line.model_dump(mode="json") for line in document.timeline],
        "markdown": markdown.render(document),
    }


def review(one: Review) -> dict[str, Any]:
    """What people wrote, whose it is, and until when."""
    return {
        "version": one.version,
        "sections": dict(one.sections),
        "missing": one.empty,
        "owner": one.owner,
        "due": one.due,
        "done": one.done,
        "written": one.written,
        "written_by": one.written_by,
    }


def _seconds(length: timedelta | None) -> float | None:
    return length.total_seconds() if length is not None else None
