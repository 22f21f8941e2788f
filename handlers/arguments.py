"""From words, options, a click or a form to a verb's typed arguments, with errors that show how it is done."""

import re
from collections.abc import Mapping
from typing import get_args

from pydantic import ValidationError
from rapidfuzz import process

from core.errors import Invalid
from core.text import cut
from handlers.inbound import Click, Submit
from handlers.verb import Args, Verb

_WORD = re.compile(
    r"""(?P<name>[A-Za-z_]\w*)=(?:"(?P<dq>[^"]*)"|'(?P<sq>[^']*)'|(?P<bare>\S+))|"(?P<q>[^"]*)"|(?P<w>\S+)"""
)


_KEY = re.compile(r"(?<!\S)(?:(?P<name>[A-Za-z_]\w*)=|--\w+(?!\S))")


def from_words(verb: Verb, text: str) -> dict[str, str]:
    """Arguments in `text`: positional words fill `order`, `name=value` its own, what remains is `rest`.

    `--name` says yes to what is yes or no. Both count before the rest and at its very end, where people write them
    as well; in its midst they are words like others. Whole sentences (`prose`) count anywhere.
    """
    found, text = _prose(verb, text)
    waiting = list(verb.order)
    position = 0
    for match in _WORD.finditer(text):
        name = match["name"]
        if name == verb.rest and match["bare"]:
            text = text[: match.start()] + text[match.start("bare") :]
            break
        if name and name in verb.args.model_fields:
            found[name] = _value(match)
        elif flag := _flag(verb, match.group()):
            found[flag] = "true"
        elif waiting and not (name and verb.rest):
            found[waiting.pop(0)] = match["q"] if match["q"] is not None else match.group()
        else:
            break
        position = match.end()
    remaining = text[position:].strip()
    if remaining and verb.rest:
        found |= _told_last(verb, remaining, found)
    elif remaining:
        raise Invalid(f"I do not know what “{cut(remaining, 60)}” is for.", usage(verb))
    return found


def _prose(verb: Verb, text: str) -> tuple[dict[str, str], str]:
    """What was said in whole sentences, without quotes, and the text without it.

    Each goes on to the next name, or to the end if words came before it; else one word is meant, and what follows is the rest.
    """
    if not verb.prose:
        return {}, text
    keys = _keys(verb, text)
    if not keys:
        return {}, text
    found: dict[str, str] = {}
    left = [text[: keys[0].start()]]
    has_words = any(one["name"] not in verb.args.model_fields for one in _WORD.finditer(left[0]))
    for key, end in zip(keys, [*(one.start() for one in keys[1:]), len(text)], strict=True):
        value = text[key.end() : end].strip()
        is_bounded = end < len(text) or has_words
        if key["name"] in verb.prose and is_bounded and value and value[0] not in "\"'":
            found[key["name"]] = value
            continue
        left.append(text[key.start() : end])
        has_words = has_words or len(_WORD.findall(left[-1])) > 1
    return found, "".join(left)


def _keys(verb: Verb, text: str) -> list[re.Match[str]]:
    """Where a name stands that people write so: `id=42` within a sentence is a word of it.

    That of the rest counts while no more than an id was said before.
    """
    found: list[re.Match[str]] = []
    for one in _KEY.finditer(text):
        name = one["name"]
        before = text[: (found[0] if found else one).start()]
        is_rest = name == verb.rest and len(before.split()) <= 1
        if is_rest or name in (*verb.order, *verb.named, *verb.prose) or _flag(verb, one.group()):
            found.append(one)
    return found


def _told_last(verb: Verb, text: str, before: dict[str, str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for match in reversed(list(_WORD.finditer(text))[1:]):
        name = match["name"] or ""
        given = name in verb.args.model_fields and name != verb.rest
        key, value = (name, _value(match)) if given else (_flag(verb, match.group()), "true")
        if not key or key in before or key in found:
            break
        found[key] = value
        text = text[: match.start()].rstrip()
    return found | {verb.rest: text}


def _value(match: re.Match[str]) -> str:
    return match["dq"] or match["sq"] or match["bare"] or ""


def _flag(verb: Verb, word: str) -> str:
    name = word.removeprefix("--")
    field = verb.args.model_fields.get(name)
    return name if name != word and field is not None and field.annotation is bool else ""


def from_button(inbound: Click | Submit) -> dict[str, str]:
    """Arguments that a click or a form carries; what a person wrote never overrides what the button says."""
    known = {"revision": str(inbound.revision), "digest": inbound.digest}
    if inbound.object:
        known["id"] = inbound.object
    fields = inbound.fields if isinstance(inbound, Submit) else {}
    return {**fields, **inbound.args, **known}


def typed(verb: Verb, raw: dict[str, str]) -> Args:
    """The verb's arguments.

    Raises:
        Invalid: an unknown, missing or wrong argument; the words say which, and show the usage.
    """
    fields = verb.args.model_fields
    given = {name: value for name, value in raw.items() if name in fields or name not in _CARRIED}
    for name in given:
        if name not in fields:
            nearest = process.extractOne(name, list(fields), score_cutoff=50)
            hint = f" Did you mean `{nearest[0]}`?" if nearest else ""
            raise Invalid(f"“{cut(name, 40)}” is no argument of `/{verb.command}`.{hint}", usage(verb))
    try:
        return verb.args.model_validate(given)
    except ValidationError as error:
        raise Invalid(_told(verb, error), usage(verb)) from None


def missing(verb: Verb, raw: dict[str, str]) -> list[str]:
    """Required arguments that are not there yet."""
    return [
        name for name, field in verb.args.model_fields.items() if field.is_required() and not raw.get(name)
    ]


def written(verb: Verb, raw: Mapping[str, str]) -> str:
    """The command that does it, as one would type it."""
    told = [value for name in (*verb.order, verb.rest) if (value := raw.get(name, ""))]
    more = [
        f"{name}={value}" if name in verb.named else value
        for name, value in raw.items()
        if value and name not in (*verb.order, verb.rest)
    ]
    return " ".join((f"/{verb.command}", *more, *told))


def usage(verb: Verb) -> str:
    """How it is done, with an example that works."""
    parts = [f"/{verb.command}"]
    for name in dict.fromkeys((*verb.order, *((verb.rest,) if verb.rest else ()))):
        field = verb.args.model_fields[name]
        parts.append(f"<{name}>" if field.is_required() else f"[{name}]")
    for name in verb.named:
        is_flag = verb.args.model_fields[name].annotation is bool
        parts += [f"[{name}=true]" if is_flag else f"[{name}=…]"]
    return f"Usage: `{' '.join(parts)}`, for example `{verb.example}`."


_CARRIED = frozenset({"revision", "digest", "id"})


def _told(verb: Verb, error: ValidationError) -> str:
    said = []
    for problem in error.errors():
        name = str(problem["loc"][0]) if problem["loc"] else "it"
        if problem["type"] == "missing":
            said.append(f"`/{verb.command}` needs {name}.")
            continue
        choices = get_args(verb.args.model_fields[name].annotation) if name in verb.args.model_fields else ()
        words = [choice for choice in choices if isinstance(choice, str)]
        hint = f" Choose {', '.join(words)}." if words else ""
        said.append(
            f"{name} cannot be “{cut(str(problem['input']), 60)}”: {problem['msg'].lower().rstrip('.')}.{hint}"
        )
    return " ".join(said)
