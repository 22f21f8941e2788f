"""Whether words are in another language than English, as told from its small words and its letters. Pure."""

import re
from collections.abc import Iterable, Sequence

_WORD = re.compile(r"[^\W\d_]+")
_LONGEST = 400  # letters that are looked at
_BEYOND_LATIN = 0x370
_SHARE = 3  # one letter of so many, for names of services stay as they are
_FEW, _SHORT = 2, 3
# The small words of languages that people write most, without those that are English, too.
_THEIRS = frozenset(
    # German, Dutch
    "wie geht es dem der das den ein eine einen ist sind ich wir mir uns und nicht kann kannst können bitte mit von für auf läuft warum wer wo wann welche zum zur noch hilfe gibt neu hat starten starte zeig zeige"
    " het een niet wij jij hoe waar welke wat kun kunt met voor graag alsjeblieft hij zijn naar"
    # French
    " le la les des du un une est sont je nous vous il elle ne pas que qui statut pourquoi où quand quel quelle quels avec dans sur ce cette ça va aide moi bonjour peux peut svp et au aux"
    # Spanish, Portuguese, Italian
    " el los las una es está como mostra muéstrame están estado qué quién cómo dónde cuándo por favor para con del yo nosotros puedes puedo hay ayuda necesito cuál y lo se"
    " o os as um uma é são não quem onde quando qual você pode posso preciso ajuda com na nos das obrigado por"
    " il gli che chi come dove perché sono puoi posso aiuto per favore di della nel sta quale non"
    # Polish, Czech, the north, Turkish
    " czy jak się nie jest co gdzie kiedy proszę pomoc na dla jsou prosím kde kdy hur är det och jag inte kan hvordan er jeg ikke og hvad vad nasıl ve bir bu için neden lütfen".split()
)
_OURS = frozenset(
    "the a an is are was were be do does did i you we it he she they my your our me us and or not no to of in on at for with from by this that what who how why when where which can could will would should please"
    " has have had there if so up down all any out over about now per as die war".split()
)


# What people write around names of any language when they want something of the bot.
_ORDERS = frozenset(
    "page wake call tell ask assign give show list status health restart deploy scale roll rollback silence mute ack".split()
)
_BOTH = frozenset(("do", "as", "come"))
_POLITE = frozenset("por favor bitte svp per favore obrigado proszę prosím lütfen bonjour".split())


def is_in_another_language(text: str) -> bool:
    """Whether these are words of another language: many letters are of another script, or its small words are more than English ones."""
    words = _WORD.findall(text[:_LONGEST].casefold())
    if _is_beyond_latin(words):
        return True
    theirs = [word for word in words if (word in _THEIRS or not word.isascii()) and word not in _OURS]
    is_plain = len(theirs) > 1 or (len(words) <= _FEW and any(len(word) > _SHORT for word in theirs))
    is_named = not _THEIRS.intersection(theirs) and not _ORDERS.isdisjoint(words)  # “page Jürgen Löwe”
    return is_plain and not is_named and len(theirs) > sum(word in _OURS for word in words)


def is_clearly_in_another_language(text: str, names: Iterable[str] = ()) -> bool:
    """The same of words that seem to mean something here, without these names: there, a word more has to speak for it.

    English around a name of another language, “status of El Niño”, and English that is polite in it are none.
    """
    said = text[:_LONGEST].casefold()
    for name in names:
        said = said.replace(name.casefold(), " ")
    words = _WORD.findall(said)
    ours = sum((word in _OURS and word not in _BOTH) or word in _ORDERS for word in words)
    if _is_beyond_latin(words):
        return not ours
    small = [word for word in words if word in _THEIRS and word not in _OURS | _POLITE]
    others = [word for word in words if not word.isascii() and word not in _THEIRS]
    return bool(small) and len(small) + len(others) + ("¿" in said) > 1 + ours


def _is_beyond_latin(words: Sequence[str]) -> bool:
    """Whether many of the letters are of another script."""
    letters = "".join(words)
    return _SHARE * sum(ord(letter) >= _BEYOND_LATIN for letter in letters) > len(letters)
