"""The tree of errors people and programs can meet.

WardroomError                    something a person can be told, with how to mend it
├── Invalid            400       the words or values given cannot be used
│   └── ConfigError    400       a file has mistakes; carries every one of them
├── UnknownPerson      401       nobody configured has this chat account or token
├── Forbidden          403       the person may not do this
│   ├── Denied                   a policy refuses it, and nobody can approve it
│   ├── NotAnApprover            the request does not ask this person
│   ├── OwnRequest               people do not decide on what they asked for
│   └── SecondFactorNeeded       the policy asks for a second factor, and none was shown
├── NotFound           404       no such thing
├── Conflict           409       the thing is not in a state for this
│   ├── AlreadyFinal             it was decided before
│   ├── StaleDigest              the card showed something older than what stands now
│   └── VersionConflict          somebody else wrote first; the unit is tried again
├── TooMany            429       a limit was reached; carries seconds to wait
└── Unavailable        503       a part of the house does not answer now

Each error has a stable `code`, an HTTP `status`, the sentence `what`, the sentence `mend` that says what to
do next, and `data` for programs. The edge that faces the person turns it into a reply.
"""

from dataclasses import dataclass
from typing import ClassVar

from typing_extensions import override


class WardroomError(Exception):
    """An error with words for a person and a code for a program."""

    code: ClassVar[str] = "ERROR"
    status: ClassVar[int] = 500

    def __init__(self, what: str, mend: str = "", **data: object) -> None:
        super().__init__(what)
        self.what = what
        self.mend = mend
        self.data = data

    def sentence(self) -> str:
        """Both sentences, as one would read them out."""
        return f"{self.what} {self.mend}".strip()


class Invalid(WardroomError):
    """The words or values given cannot be used."""

    code = "INVALID"
    status = 400


@dataclass(frozen=True)
class Problem:
    """One mistake in a file: where it is, what it is, what would be right. Line 0: `file` is no file with lines."""

    file: str
    line: int
    what: str
    mend: str = ""
    column: int = 0

    @override
    def __str__(self) -> str:
        where = ":".join([self.file, *(str(number) for number in (self.line, self.column) if number)])
        return f"{where}: {self.what}" + (f" {self.mend}" if self.mend else "")


class ConfigError(Invalid):
    """A file has mistakes; all of them are told at once."""

    code = "CONFIG"

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("\n".join(str(problem) for problem in problems))
        self.problems = problems


class UnknownPerson(WardroomError):
    """Nobody configured has this chat account or token."""

    code = "UNKNOWN_PERSON"
    status = 401


class Forbidden(WardroomError):
    """The person may not do this."""

    code = "FORBIDDEN"
    status = 403


class Denied(Forbidden):
    """A policy refuses it, and nobody can approve it."""

    code = "DENIED"


class NotAnApprover(Forbidden):
    """The request does not ask this person."""

    code = "NOT_AN_APPROVER"


class OwnRequest(Forbidden):
    """People do not decide on what they asked for."""

    code = "OWN_REQUEST"


class SecondFactorNeeded(Forbidden):
    """The policy asks for a second factor, and none was shown; nothing was recorded."""

    code = "SECOND_FACTOR"


class NotFound(WardroomError):
    """No such thing."""

    code = "NOT_FOUND"
    status = 404


class Conflict(WardroomError):
    """The thing is not in a state for this."""

    code = "CONFLICT"
    status = 409


class AlreadyFinal(Conflict):
    """It was decided before."""

    code = "ALREADY_FINAL"


class StaleDigest(Conflict):
    """The card showed something older than what stands now."""

    code = "STALE_DIGEST"


class VersionConflict(Conflict):
    """Somebody else wrote first; the store tries the unit again on the fresh row."""

    code = "VERSION_CONFLICT"


class TooMany(WardroomError):
    """A limit was reached; `data["retry_after"]` is in seconds."""

    code = "TOO_MANY"
    status = 429


class TimedOut(WardroomError):
    """It took longer than there was time; nothing was changed."""

    code = "TIMED_OUT"
    status = 504


class Unavailable(WardroomError):
    """A part of the house does not answer now; nothing was changed."""

    code = "UNAVAILABLE"
    status = 503
