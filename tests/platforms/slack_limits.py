"""Slack's published limits for messages and views, as a judge: what would be refused, in words."""

from collections import Counter
from typing import Any

BLOCKS = {"message": 50, "modal": 100, "home": 100}


def problems(payload: dict[str, Any]) -> list[str]:
    """What Slack would refuse in a message (blocks and text) or a view; empty if nothing."""
    kind = payload.get("type", "message")
    blocks = payload.get("blocks") or []
    found = []
    if len(blocks) > BLOCKS.get(kind, 50):
        found.append(f"{len(blocks)} blocks in a {kind}")
    if kind == "message" and not 1 <= len(payload.get("text", "")) <= 4_000:
        found.append(f"text of {len(payload.get('text', ''))} characters")
    if kind == "modal":
        found += _text(payload.get("title"), "modal title", 24)
        found += _text(payload.get("submit"), "submit", 24) + _text(payload.get("close"), "close", 24)
        if len(payload.get("private_metadata", "")) > 3_000:
            found.append("private_metadata over 3000")
    ids = Counter(block["block_id"] for block in blocks if "block_id" in block)
    found += [f"block_id {name} twice" for name, times in ids.items() if times > 1]
    found += [f"block_id of {len(name)}" for name in ids if not 1 <= len(name) <= 255]
    for block in blocks:
        found += _block(block)
    return found


def _block(block: dict[str, Any]) -> list[str]:  # noqa: PLR0911 - one case per kind of block
    match block["type"]:
        case "header":
            return _text(block["text"], "header", 150, "plain_text")
        case "section":
            fields = block.get("fields", [])
            found = (
                [f"{len(fields)} fields"] if len(fields) > 10 or (not fields and "text" not in block) else []
            )
            found += _text(block["text"], "section", 3_000) if "text" in block else []
            return found + [one for field in fields for one in _text(field, "field", 2_000)]
        case "context":
            elements = block["elements"]
            found = [] if 1 <= len(elements) <= 10 else [f"{len(elements)} context elements"]
            return found + [one for element in elements for one in _text(element, "context", 2_000)]
        case "actions":
            return _actions(block["elements"])
        case "image":
            alt = block.get("alt_text", "")
            sources = [key for key in ("image_url", "slack_file") if key in block]
            fits = 1 <= len(alt) <= 2_000 and len(block.get("image_url", "")) <= 3_000
            return [] if fits and len(sources) == 1 else ["image"]
        case "input":
            return _input(block)
        case "divider":
            return []
    return [f"unknown block {block['type']}"]


def _actions(elements: list[dict[str, Any]]) -> list[str]:
    found = [] if 1 <= len(elements) <= 25 else [f"{len(elements)} elements"]
    ids = Counter(element["action_id"] for element in elements)
    found += [f"action_id {name} twice" for name, times in ids.items() if times > 1]
    found += [f"action_id of {len(name)}" for name in ids if not 1 <= len(name) <= 255]
    if sum(element.get("style") == "primary" for element in elements) > 1:
        found.append("two primary buttons")
    for element in elements:
        found += _button(element) if element["type"] == "button" else _menu(element)
    return found


def _button(button: dict[str, Any]) -> list[str]:
    found = _text(button["text"], "button", 75, "plain_text")
    found += ["button value"] if len(button.get("value", "")) > 2_000 else []
    found += ["button url"] if len(button.get("url", "")) > 3_000 else []
    found += ["accessibility_label"] if len(button.get("accessibility_label", "")) > 75 else []
    confirm = button.get("confirm")
    if confirm:
        found += _text(confirm["title"], "confirm title", 100) + _text(confirm["text"], "confirm text", 300)
        found += _text(confirm["confirm"], "confirm", 30) + _text(confirm["deny"], "deny", 30)
    return found


def _menu(menu: dict[str, Any]) -> list[str]:
    options = menu["options"]
    found = [] if 1 <= len(options) <= 100 else [f"{len(options)} options"]
    found += _text(menu["placeholder"], "placeholder", 150, "plain_text") if "placeholder" in menu else []
    for option in options:
        found += _text(option["text"], "option", 75, "plain_text")
        found += [] if 1 <= len(option["value"]) <= 150 else ["option value"]
    return found


def _input(block: dict[str, Any]) -> list[str]:
    found = _text(block["label"], "label", 2_000, "plain_text")
    found += _text(block["hint"], "hint", 2_000, "plain_text") if "hint" in block else []
    element = block["element"]
    if element["type"] == "static_select":
        return found + _menu(element)
    return found + (
        ["initial_value"] if len(element.get("initial_value", "")) > element["max_length"] else []
    )


def _text(text: dict[str, Any] | None, what: str, limit: int, kind: str = "") -> list[str]:
    if text is None:
        return [f"no {what}"]
    found = [] if 1 <= len(text["text"]) <= limit else [f"{what} of {len(text['text'])} characters"]
    return found + ([f"{what} is {text['type']}"] if kind and text["type"] != kind else [])
