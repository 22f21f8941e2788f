"""A JSON Schema of runbook files, for editors: made from the definition itself, so it cannot differ from it.

It knows keys, types and choices. What needs more than one key, such as references and circles, `validate` tells.
"""

from collections.abc import Iterable
from typing import Any

from core.runbooks.definition import Runbook

_DIALECT = "https://json-schema.org/draft/2020-12/schema"
_STARTS = ("alert", "chat", "cron", "webhook")
_PROVES = ("token", "signature", "hmac")
_DOES = ("action", "parallel", "approval", "wait", "runbook")


def schema(actions: Iterable[str]) -> dict[str, Any]:
    """The schema, with the names of the actions there are."""
    made = Runbook.model_json_schema(by_alias=True)
    names = sorted(actions)
    for model in made["$defs"].values():
        properties = model.get("properties", {})
        if "action" in properties:
            properties["action"] = {"enum": names, "description": "What the step does."}
        _plain(properties)
    _plain(made["properties"])
    for model, keys in (("Step", _DOES), ("Trigger", _STARTS), ("Hook", _PROVES)):
        made["$defs"][model]["oneOf"] = [{"required": [key]} for key in keys]
    return {"$schema": _DIALECT, **made, "title": "A runbook of Wardroom"}


def _plain(properties: dict[str, Any]) -> None:
    """Without what only says the key again, and without defaults that are not written as in a file."""
    for one in properties.values():
        one.pop("title", None)
        if "pattern" in one or one.get("default") is None:
            one.pop("default", None)
