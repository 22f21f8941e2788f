"""Small talk with the bot: greetings, thanks, whether it is there, the time, and what it cannot do at all. Pure."""

import re
from enum import StrEnum

from core.text import message, one_line

_LONGEST = 120


class Small(StrEnum):
    """What kind of small talk words are; where they are several, the first of these is meant."""

    TIME = "time"
    ELSEWHERE = "elsewhere"
    WHO = "who"
    HOW = "how"
    THERE = "there"
    BLAME = "blame"
    SORRY = "sorry"
    THANKS = "thanks"
    PRAISE = "praise"
    NOD = "nod"
    BYE = "bye"
    HELLO = "hello"


# Words that may stand beside any of these, and mean nothing by themselves.
_BESIDE = (
    r"ok(?:ay)?|oh|well|so|and|great|cool|nice|perfect|awesome|lol|haha|hm+|please|pls|again|today|now|very much|for that|for (?:your|the) help"
    r"|the|there|all|everyone|everybody|folks|team|guys|mate|buddy|friend|dear|my friend|bot|wardroom|robot|you|both|(?:a )?bit|from (?:me|us)"
)
_KINDS: tuple[tuple[Small, str], ...] = (
    (
        Small.TIME,
        (r"what (?:day|date) (?:is|do we have) (?:it|today)(?: today)?|(?:(?:can|could) you )?(?:tell me |say )?(?:what(?:'s| is| s)? (?:the )?(?:current )?(?:time|date|day)(?: is it| it is)?(?: (?:right )?now| today| here)?"
        r"|(?:do you )?(?:have|know) (?:the time|what time it is)|how late is it|which day is (?:it|today)|time(?= ?\?))"),
    ),
    (
        Small.ELSEWHERE,
        (r"(?:(?:can|could|will|would) you )?(?:tell|sing|write|give|make|order|bring|get|buy|send) (?:me |us )?(?:a|an|another|some|the|my)? ?(?:\w+ )?"
        r"(?:jokes?|story|stories|poem|haiku|song|riddle|coffee|tea|pizza|beer|lunch|something funny)(?: about [\w ]{1,40})?"
        r"|(?:how|where) (?:do|can|could|would|should) (?:i|we|you|one) (?:make|brew|get|find|order|buy) (?:a|an|another|some|the|my)? ?(?:\w+ )?(?:coffee|tea|pizza|beer|lunch)"
        r"|(?:what|how)(?:'s| is| s| will)? (?:the )?weather(?: be)?(?: like)?(?: (?:in|for|at) [\w ]{1,30})?(?: tomorrow)?|(?:weather|will it rain)(?: (?:today|tomorrow))?|is it raining"
        r"|(?:do you )?(?:know|have) (?:a|any) (?:good )?jokes?|what(?:'s| is) the meaning of life|(?:do you |i )love (?:me|you)|marry me|will you marry me"
        r"|what(?:'s| is) for (?:lunch|dinner)|who (?:won|wins|will win) [\w ]{1,40}|what(?:'s| is) your favou?rite [\w ]{1,20}|can you (?:dance|sing|cook|dream)|play (?:me )?(?:a )?(?:some )?(?:music|song|game)"),
    ),
    (
        Small.WHO,
        (r"who (?:are you|r u|is this)|what are you|what(?:'s| is) your name|are you (?:a |an )?(?:real |some )?(?:human|person|robot|bot|machine|ai|llm|language model|chatgpt|gpt)(?: or (?:a |an )?(?:human|person|robot|bot|machine))?"
        r"|who (?:made|built|wrote) you|introduce yourself|tell me about yourself|what(?:'s| is) (?:this|that|(?:this |the )?bot|wardroom)(?= ?\?|$)"),
    ),
    (
        Small.HOW,
        r"how (?:are|r) (?:you|u|things|we)(?: doing| feeling)?|how(?:'s| is) (?:it going|life|your day)(?: going)?|how do you (?:do|feel)|what(?:'s| is)? ?up|sup|are you (?:ok|okay|well|fine|happy|tired)|you (?:ok|okay|good|alright)(?=\W*\?)|(?:is|are) (?:the |this |our )?(?:bot|wardroom|you) (?:up(?: and running)?|running|working(?: (?:ok|well|fine|properly))?|down|broken|dead|healthy|alive|online|ok(?:ay)?|fine)|how(?:'s| is) (?:the |our )?(?:bot|wardroom)(?: doing)?",
    ),
    (
        Small.THERE,
        r"(?:(?:are|r) )?(?:you|u) (?:still )?(?:there|here|alive|awake|online|around|listening|working|up)|anybody (?:there|here|home)|anyone (?:there|home)|still there|can you hear me|ping|testing(?: 1 2 3)?|test 1 2 3|knock knock|do you work",
    ),
    (
        Small.BLAME,
        (r"(?:bad|stupid|dumb|silly|useless) (?:bot|robot|thing)|you(?:'re| are) (?:stupid|useless|wrong|dumb|no help|not (?:very )?helpful|annoying)|you suck|(?:that(?:'s| is| was) )?not what i (?:asked|meant|wanted|said)(?: for)?"
        r"|that(?:'s| is| was) (?:wrong|not (?:right|it|helpful)|nonsense|useless)|wrong answer|(?:that )?(?:did not|didn't) help|you (?:do not|don't|did not|didn't) understand(?: me)?|shut up|👎|:-1:|:thumbsdown:"),
    ),
    (Small.SORRY, r"(?:i(?:'m| am) )?(?:so )?sorry(?: about that)?|my bad|my mistake|i apologi[sz]e|oops"),
    (
        Small.THANKS,
        r"(?:many |big )?thanks(?: (?:a lot|a bunch|so much|again|anyway|very much))?|thank (?:you|u)(?: (?:so|very) much| kindly)?|th?n?x|ty(?:vm)?|tysm|cheers|(?:much )?appreciated?(?: (?:it|that))?|i appreciate (?:it|that|your help)|(?:you(?:'ve)? )?saved (?:my|the|our) (?:day|night|life|evening|weekend|bacon)|i owe you(?: one)?|what would (?:i|we) do without you|ta|merci|danke|gracias|🙏|:pray:",
    ),
    (
        Small.PRAISE,
        (r"(?:very )?(?:good|great|nice|well|excellent|amazing) (?:bot|robot|job|work|one|stuff)|well done|(?:that (?:really )?)?helped(?: (?:me )?a lot)?|you(?:'re| are) (?:so |very |really )?(?:great|good|awesome|amazing|the best|helpful|smart|brilliant|a star|a lifesaver)"
        r"|you rock|brilliant|love (?:it|this)|i like (?:you|it|this)|that(?:'s| is| was) (?:great|perfect|awesome|helpful|very helpful|useful)|(?:good|great|nice) to (?:know|have you)|❤️?|:heart:|🎉|:tada:"),
    ),
    (Small.NOD, r"👍[🏻-🏿]?|:\+1:|:thumbsup:|👌|:ok_hand:|✅|:white_check_mark:|😀|😄|🙂|:slightly_smiling_face:|:smile:|:\)|;\)|:-\)"),
    (
        Small.BYE,
        r"(?:good ?)?bye(?: bye)?|good ?night|see you(?: (?:later|soon|tomorrow|around|next week))?|see ya|cu|ciao|take care|have a (?:nice|good|great|lovely) (?:day|night|evening|weekend|one|time)|until tomorrow|i(?:'m| am) off",
    ),
    (
        Small.HELLO,
        r"good ?(?:morning|afternoon|evening|day)|morning|evening|hi+|hello+|he+y+|heya|hiya|yo+|howdy|greetings|hallo|salut|hola|servus|moin|ahoy|welcome(?: back)?|nice to meet you|pleased to meet you|👋|:wave:",
    ),
)  # fmt: skip
_SAID = "|".join(pattern for _, pattern in _KINDS)
_AFTER = r"(?=$|[\s,.!?;:)])"
_BETWEEN = r"[\s,.!?;-]*"
# What was taken for one piece is not taken for another again: words that nearly are small talk would be tried in every way.
_WHOLE = re.compile(
    rf"(?=.{{1,{_LONGEST}}}$)(?=(?:.*[\s,.!?;-])?(?:{_SAID}){_AFTER}){_BETWEEN}+(?>(?:{_SAID}|{_BESIDE}){_AFTER}{_BETWEEN}+)++",
    re.IGNORECASE,
)
_EACH = tuple(
    (kind, re.compile(rf"(?:^|(?<=[\s,.!?;-]))(?:{pattern}){_AFTER}", re.IGNORECASE))
    for kind, pattern in _KINDS
)


_GREETS = re.compile(
    r"\W*(?:(?:good )?(?:morning|afternoon|evening)|hi+|hello+|he+y+|heya|hiya|yo+|howdy|hallo|moin)\b"
    r"(?:\s+(?:bot|wardroom|there|all|team|everyone|everybody|folks|guys|again|mate|my friend))*\s*[,.!:–-]*\s+",
    re.IGNORECASE,
)
PATTERN = _WHOLE.pattern
"""What the whole of a message is that is small talk."""


def without_greeting(text: str) -> str:
    """What is said after a greeting at the beginning; all of it where nothing is."""
    found = _GREETS.match(text)
    return text[found.end() :] if found and text[found.end() :].strip() else text


def small_talk(text: str) -> Small | None:
    """What small talk a message is, if it is nothing else; None for all that asks for something or says more."""
    said = " ".join(text.replace("’", "'").split())
    if not _WHOLE.fullmatch(said):
        return None
    return next((kind for kind, pattern in _EACH if pattern.search(said)), None)


# Wider than small talk by what assents, and narrower by what asks: that is answered.
_CHATTER = re.compile(
    r"(?:[\W_]|\b(?:thanks?|thx|thank you|ty|cheers|ok(?:ay)?|cool|great|nice|perfect|good|morning|night|evening|hi|hey|hello|bye|lol|haha"
    r"|very much|a lot|so much|you too|got it|no worries|np|everyone|all|team|that helped|h+m+|:[a-z_+-]+:)\b)+",
    re.IGNORECASE,
)


def is_chatter(text: str) -> bool:
    """Whether a message is made of thanks, greetings, assent and the like alone, so that it wants no answer where people talk."""
    said = one_line(message(text))
    return bool(said) and any(letter.isalpha() for letter in said) and _CHATTER.fullmatch(said) is not None
