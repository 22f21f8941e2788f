"""Discord's published limits, checked on what a bot sends. Each function returns the breaches in words."""

import re
from collections.abc import Iterator
from typing import Any

Json = dict[str, Any]

ROW, BUTTON, SELECT, INPUT, SECTION, TEXT, THUMB, GALLERY, FILE, RULE, BOX, LABEL = (
    1,
    2,
    3,
    4,
    9,
    10,
    11,
    12,
    13,
    14,
    17,
    18,
)
COMPONENTS_V2 = 1 << 15
EPHEMERAL = 1 << 6
_TOP = {ROW, SECTION, TEXT, GALLERY, FILE, RULE, BOX}
_INNER = _TOP - {BOX}
_URL = re.compile(r"^(https?|attachment)://\S+$")
_COMMAND = re.compile(r"^[-_\w]{1,32}$")


def walk(components: list[Json]) -> Iterator[Json]:
    """Every component, nested ones too, in the order in which they are shown."""
    for component in components:
        yield component
        yield from walk(component.get("components", []))
        for single in ("accessory", "component"):
            if single in component:
                yield from walk([component[single]])


def units(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def message(body: Json) -> list[str]:
    """A message to a channel, a follow-up, or the answer to an interaction."""
    bad: list[str] = []
    mentions = body.get("allowed_mentions")
    if mentions is None or mentions.get("parse"):
        bad.append("allowed_mentions lets data ring people")
    if mentions and len(mentions.get("users", [])) > 100:
        bad.append("more than 100 users may be rung")
    if len(str(body.get("nonce", ""))) > 25:
        bad.append("nonce longer than 25")
    if not body.get("flags", 0) & COMPONENTS_V2:
        bad += _classic(body)
        return bad
    if body.get("content") or body.get("embeds") or body.get("poll"):
        bad.append("content or embeds beside components v2")
    return bad + components(body.get("components") or [])


def components(top: list[Json]) -> list[str]:
    """The components of one message, version 2."""
    everything = list(walk(top))
    bad = [f"component {c['type']} at the top" for c in top if c["type"] not in _TOP]
    if not top:
        bad.append("no components")
    if len(everything) > 40:
        bad.append(f"{len(everything)} components, 40 at most")
    total = sum(units(c["content"]) for c in everything if c["type"] == TEXT)
    if total > 4000:
        bad.append(f"{total} characters, 4000 at most")
    bad += _unique("custom_id", [c["custom_id"] for c in everything if c.get("custom_id")])
    bad += _unique("id", [c["id"] for c in everything if c.get("id")])
    for component in everything:
        bad += _component(component)
    return bad


def attached(top: list[Json], names: set[str]) -> list[str]:
    """Pictures that are said to be attached, and are not."""
    urls = [item["media"]["url"] for c in walk(top) if c["type"] == 12 for item in c["items"]]
    wanted = {url.removeprefix("attachment://") for url in urls if url.startswith("attachment://")}
    return [f"{name} is not attached" for name in sorted(wanted - names)]


def modal(data: Json) -> list[str]:
    bad = _length("modal title", data.get("title"), 1, 45) + _length(
        "modal id", data.get("custom_id"), 1, 100
    )
    fields = data.get("components", [])
    if not 1 <= len(fields) <= 5:
        bad.append(f"{len(fields)} fields, 1 to 5 allowed")
    names = [c["custom_id"] for c in walk(fields) if c.get("custom_id")]
    bad += _unique("custom_id", names)
    for component in walk(fields):
        if component["type"] == LABEL:
            bad += _length("label", component.get("label"), 1, 45)
            bad += _length("description", component.get("description") or "", 0, 100)
        elif component["type"] not in {TEXT, INPUT, SELECT}:
            bad.append(f"component {component['type']} in a modal")
        else:
            bad += _component(component)
    return bad


def choices(found: list[Json]) -> list[str]:
    bad = ["more than 25 choices"] if len(found) > 25 else []
    for choice in found:
        bad += _length("choice", choice["name"], 1, 100) + _length(
            "choice value", str(choice["value"]), 1, 100
        )
    return bad


def commands(tree: list[Json]) -> list[str]:
    """A whole command tree of one scope."""
    bad = ["more than 100 slash commands"] if sum(c.get("type", 1) == 1 for c in tree) > 100 else []
    bad += _unique("command", [(c.get("type", 1), c["name"]) for c in tree])
    if sum(c.get("type", 1) == 3 for c in tree) > 15:
        bad.append("more than 15 message commands")
    for command in tree:
        if command.get("type", 1) == 1:
            bad += _command(command)
            if sum(map(len, _words(command))) > 8000:
                bad.append(f"/{command['name']} has more than 8000 characters")
        else:
            bad += _length("menu command", command["name"], 1, 32)
    return bad


def _command(node: Json) -> list[str]:
    bad = _length(f"description of {node['name']}", node.get("description"), 1, 100)
    if not _COMMAND.match(node["name"]) or node["name"] != node["name"].lower():
        bad.append(f"name {node['name']!r}")
    options = node.get("options") or []
    if len(options) > 25:
        bad.append(f"{node['name']} has more than 25 options")
    bad += _unique("option", [option["name"] for option in options])
    required = [bool(option.get("required")) for option in options]
    if required != sorted(required, reverse=True):
        bad.append(f"{node['name']}: a required option after an optional one")
    bad += choices(node.get("choices") or [])
    if node.get("choices") and node.get("autocomplete"):
        bad.append(f"{node['name']} has choices and autocomplete")
    return bad + [problem for option in options for problem in _command(option)]


def _words(node: Json) -> Iterator[str]:
    yield node["name"]
    yield node.get("description") or ""
    for choice in node.get("choices") or []:
        yield choice["name"] + str(choice["value"])
    for option in node.get("options") or []:
        yield from _words(option)


def _classic(body: Json) -> list[str]:
    bad = (
        ["an empty message"]
        if not (body.get("content") or body.get("embeds") or body.get("components"))
        else []
    )
    return bad + _length("content", body.get("content") or "", 0, 2000)


def _component(c: Json) -> list[str]:
    check = _CHECKS.get(c["type"])
    return check(c) if check else []


def _section(c: Json) -> list[str]:
    return [] if 1 <= len(c["components"]) <= 3 and c.get("accessory") else ["a section of another shape"]


def _text(c: Json) -> list[str]:
    return [] if c["content"].strip() else ["an empty text"]


def _gallery(c: Json) -> list[str]:
    return [problem for item in c["items"] for problem in _picture(item)]


def _box(c: Json) -> list[str]:
    colour = c.get("accent_color")
    bad = [
        f"component {child['type']} in a container"
        for child in c["components"]
        if child["type"] not in _INNER
    ]
    return bad if colour is None or 0 <= colour <= 0xFFFFFF else [*bad, "accent colour"]


def _row(c: Json) -> list[str]:
    kinds = [child["type"] for child in c["components"]]
    if kinds == [SELECT] or (1 <= len(kinds) <= 5 and set(kinds) == {BUTTON}):
        return []
    return [f"a row of {kinds}"]


def _button(c: Json) -> list[str]:
    bad = _length("button label", c.get("label"), 1, 80)
    if c["style"] == 5:
        if not _URL.match(c.get("url") or "") or c.get("custom_id"):
            bad.append("a link button without a link")
        return bad + _length("button url", c.get("url"), 1, 512)
    return bad + _length("custom_id", c.get("custom_id"), 1, 100)


def _select(c: Json) -> list[str]:
    options = c.get("options", [])
    bad = _length("custom_id", c.get("custom_id"), 1, 100)
    bad += _length("placeholder", c.get("placeholder") or "", 0, 150)
    if not 1 <= len(options) <= 25:
        bad.append(f"{len(options)} options, 1 to 25 allowed")
    bad += _unique("option", [option["value"] for option in options])
    for option in options:
        bad += _length("option label", option["label"], 1, 100) + _length(
            "option value", option["value"], 1, 100
        )
    return bad


def _input(c: Json) -> list[str]:
    bad = _length("field id", c.get("custom_id"), 1, 100) + _length(
        "field value", c.get("value") or "", 0, 4000
    )
    if not 1 <= (c.get("max_length") or 4000) <= 4000:
        bad.append("max_length of a field")
    if len(c.get("value") or "") > (c.get("max_length") or 4000):
        bad.append("a field's value is longer than its limit")
    return bad


def _picture(item: Json) -> list[str]:
    bad = [] if _URL.match(item["media"]["url"]) else ["a picture without a link"]
    return bad + _length("picture description", item.get("description") or "", 0, 1024)


def _length(what: str, text: str | None, least: int, most: int) -> list[str]:
    size = units(text or "")
    return [] if least <= size <= most else [f"{what} has {size} characters, {least} to {most} allowed"]


def _unique(what: str, values: list[Any]) -> list[str]:
    return [] if len(set(values)) == len(values) else [f"{what} twice in {values}"]


_CHECKS = {
    ROW: _row,
    BUTTON: _button,
    SELECT: _select,
    INPUT: _input,
    SECTION: _section,
    TEXT: _text,
    GALLERY: _gallery,
    BOX: _box,
}
