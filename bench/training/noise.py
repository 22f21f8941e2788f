"""What people do to a sentence before they send it: typos, lost words, greetings, markup, a story before the request."""

import random

_NEAR = {
    "a": "sq",
    "e": "wr",
    "i": "uo",
    "o": "ip",
    "t": "ry",
    "n": "bm",
    "s": "ad",
    "r": "et",
    "l": "k",
    "c": "xv",
    "d": "sf",
}
_BEFORE = ("hey ", "hi ", "hello, ", "hey team, ", "hi bot, ", "please ", "pls ", "ok, ", "ok so ", "hmm ", "well, ", "yo ", "urgent: ",
           "quick question: ", "hi there, ", "good morning, ", "um ", "sorry to bother you, ", "hello wardroom, ", "dear bot, ", "question: ")  # fmt: skip
_AFTER = (" please", " pls", " thanks", " thx", ", thanks", "!", "!!", "?", "??", ".", "...", " :pray:", " asap", " thank you", " :)", " plz", ", cheers", " now", " :eyes:")  # fmt: skip
_BOTS = (
    "<@U0WARDROOM> ",
    "<@U0WARDROOM>: ",
    "@wardroom ",
    "<@900000000000000001> ",
    "wardroom, ",
    "@wardroom: ",
)
_STORIES = (
    "{S} was deployed an hour ago. ", "we had a lot of complaints yesterday. ", "i just came back from lunch. ", "the customer is on the phone. ",
    "{S} feels slow today. ", "tom restarted {S} this morning. ", "deploy of {SM} went fine. ", "we are in the middle of {I}. ", "there is a lot going on in {E}. ",
    "the tests were green last night. ", "i am new on call. ", "not sure if related to {I}, but: ", "the dashboard does not load for me. ", "{S} looks odd. ",
    "my shift starts now. ", "we scaled {S} yesterday. ", "the error rate was high last night. ", "support got a ticket about {S}. ", "i rolled back {SM} an hour ago. ",
    "after the failover everything looked fine. ", "the release of {SM} is tomorrow. ", "as discussed in the standup, ", "the alert for {S} fired again. ",
    "we got paged for {S} at 3am. ", "the certs of {S} were rotated last week. ", "since the upgrade people see errors. ", "ci is done. ", "my manager asks: ",
)  # fmt: skip

_ASIDES = (
    "the pager woke me", "it is eating our disks", "the boss is waiting", "i try to understand why people complain", "it hurts us",
    "my phone does not stop", "customers complain", "i am on call", "the demo starts soon", "something is off", "it fills the disk",
    "we lose money", "i pushed a change", "ci is green", "it was the wrong one", "people are angry", "my terminal is dead", "i can not log in there",
    "support is asking", "i have to write a report", "my jobs get killed", "nobody told me", "it blocks everybody", "it makes no sense to me",
)  # fmt: skip


def typo(dice: random.Random, text: str) -> str:
    """One slip of a finger in a longer word."""
    places = [i for i, char in enumerate(text) if char.isalpha() and 0 < i < len(text) - 1]
    if len(places) < 6:
        return text
    at = dice.choice(places)
    match dice.randrange(4):
        case 0:
            return text[:at] + text[at + 1 :]
        case 1:
            return text[:at] + text[at] + text[at:]
        case 2:
            return text[:at] + text[at + 1 : at + 2] + text[at] + text[at + 2 :]
        case _:
            return text[:at] + dice.choice(_NEAR.get(text[at].lower(), "xz")) + text[at + 1 :]


def worn(dice: random.Random, text: str, *, chat: bool) -> str:
    """The sentence as it may arrive; `chat`: people talk to each other, so nothing is put before it that speaks to the bot."""
    said = " ".join(text.split())
    if dice.random() < 0.12:
        said = _without(dice, said)
    if dice.random() < 0.22:
        said = dice.choice(_BEFORE[:8] if chat else _BEFORE) + said
    if dice.random() < 0.25:
        said += dice.choice(_AFTER)
    for _ in range(dice.choice((0, 0, 0, 0, 1, 1, 2))):
        said = typo(dice, said)
    said = dice.choice(
        (
            said,
            said,
            said.lower(),
            said.lower(),
            said[:1].upper() + said[1:],
            said.upper() if dice.random() < 0.15 else said,
        )
    )
    if not chat and dice.random() < 0.15:
        said = dice.choice(_BOTS) + said
    if dice.random() < 0.04:
        said = dice.choice((f"*{said}*", f"_{said}_", f"> {said}", f"{said}\n"))
    return said


def story(dice: random.Random) -> str:
    """What is told before a request, and asks for nothing."""
    return dice.choice(_STORIES)


def aside(dice: random.Random) -> str:
    """What is told after a request, and asks for nothing more."""
    return dice.choice((", ", ", ", " - ", ". ", " cause ", ", since ", " ")) + dice.choice(_ASIDES)


_SMALL = frozenset("the a an of for in on to me you please is are do does can".split())


def _without(dice: random.Random, said: str) -> str:
    words = said.split()
    small = [i for i, word in enumerate(words) if word.lower() in _SMALL and i]
    if small:
        del words[dice.choice(small)]
    return " ".join(words)
