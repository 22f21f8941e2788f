"""Whether words are in another language than English, as told from its small words and its letters. Pure."""

import re

_WORD = re.compile(r"[^\W\d_]+")
_LONGEST = 400  # letters that are looked at
_BEYOND_LATIN = 0x370
_SHARE = 3  # one letter of so many, for names of services stay as they are
_FEW, _SHORT = 2, 3
# The small words of languages that people write most, without those that are English, too.
_THEIRS = frozenset(
    # German, Dutch
    "wie geht es dem der das den ein eine einen ist sind ich wir mir uns und nicht kann kannst können bitte mit von für auf läuft warum wer wo wann welche zum zur noch hilfe gibt neu hat starten starte"
    " het een niet wij jij hoe waar welke wat kun kunt met voor graag alsjeblieft hij zijn naar"
    # French
    " le la les des du un une est sont je nous vous il elle ne pas que qui pourquoi où quand quel quelle quels avec dans sur ce cette ça va aide moi bonjour peux peut svp et au aux"
    # Spanish, Portuguese, Italian
    " el los las una es está están estado qué quién cómo dónde cuándo por favor para con del yo nosotros puedes puedo hay ayuda necesito cuál y lo se"
    " o os as um uma é são não quem onde quando qual você pode posso preciso ajuda com na nos das obrigado por"
    " il gli che chi come dove perché sono puoi posso aiuto per favore di della nel sta quale non"
    # Polish, Czech, the north, Turkish
    " czy jak się nie jest co gdzie kiedy proszę pomoc na dla jsou prosím kde kdy hur är det och jag inte kan hvordan er jeg ikke og hvad vad nasıl ve bir bu için neden lütfen".split()
)
_OURS = frozenset(
    "the a an is are was were be do does did i you we it he she they my your our me us and or not no to of in on at for with from by this that what who how why when where which can could will would should please"
    " has have had there if so up down all any out over about now per as die war".split()
)


def is_in_another_language(text: str) -> bool:
    """Whether these are words of another language: many letters are of another script, or its small words are more than English ones."""
    words = _WORD.findall(text[:_LONGEST].casefold())
    letters = "".join(words)
    if _SHARE * sum(ord(letter) >= _BEYOND_LATIN for letter in letters) > len(letters):
        return True
    theirs = [word for word in words if (word in _THEIRS or not word.isascii()) and word not in _OURS]
    is_plain = len(theirs) > 1 or (len(words) <= _FEW and any(len(word) > _SHORT for word in theirs))
    return is_plain and len(theirs) > sum(word in _OURS for word in words)
