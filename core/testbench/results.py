"""What a run of tests came to, read from JUnit XML. Pure.

Source: the format as pytest, Surefire, Jest and others write it: `testsuites` of `testsuite` of `testcase`, with
`failure`, `error` or `skipped` inside one that did not pass.
"""

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from xml.etree import ElementTree as ET

from core.errors import Invalid
from core.text import clean, cut

LARGEST = 16 * 1024 * 1024  # bytes
_SHOWN = 20
_NAME, _MESSAGE = 300, 600
_DECLARED = re.compile(rb"<!(DOCTYPE|ENTITY)", re.IGNORECASE)


@dataclass(frozen=True)
class Failure:
    """A test that failed, and the first words of why."""

    name: str
    why: str


@dataclass(frozen=True)
class Results:
    """How many there were of each kind, how long they took (seconds), and the first twenty that failed."""

    passed: int
    failed: int
    errors: int
    skipped: int
    seconds: float
    failures: tuple[Failure, ...]

    @property
    def total(self) -> int:
        """All of them."""
        return self.passed + self.failed + self.errors + self.skipped

    @property
    def is_good(self) -> bool:
        """Some passed, and none failed."""
        return self.passed > 0 and not self.failed and not self.errors

    def sentence(self) -> str:
        """`48 passed, 2 failed, 1 skipped in 12.3 s`."""
        counts = {
            "passed": self.passed,
            "failed": self.failed,
            "with errors": self.errors,
            "skipped": self.skipped,
        }
        said = [f"{count} {word}" for word, count in counts.items() if count] or ["no test was run"]
        return f"{', '.join(said)} in {self.seconds:.1f} s"


def read(xml: bytes) -> Results:
    """The results that a report tells of.

    Raises:
        Invalid: it is no JUnit XML, is too large, or declares entities.
    """
    if len(xml) > LARGEST:
        raise Invalid(f"The report is larger than {LARGEST // 1024 // 1024} MiB.", "Split the suite.")
    if _DECLARED.search(xml):
        raise Invalid("The report declares a document type, which no report of tests needs.")
    try:
        root = ET.fromstring(xml)  # noqa: S314 - it declares no entities, and its size is bounded
    except (ET.ParseError, ValueError) as error:
        raise Invalid(f"The report is no XML: {str(error)[:120]}.") from None
    if root.tag not in ("testsuites", "testsuite"):
        raise Invalid(f"The report is no JUnit XML: it begins with <{root.tag[:40]}>.")
    counts = {"passed": 0, "failure": 0, "error": 0, "skipped": 0}
    seconds = 0.0
    failures: list[Failure] = []
    for case, kind, inside in _cases(root):
        counts[kind] += 1
        seconds += _seconds(case.get("time", ""))
        if inside is not None and kind in ("failure", "error") and len(failures) < _SHOWN:
            failures.append(Failure(_name(case), _why(inside)))
    return Results(
        counts["passed"], counts["failure"], counts["error"], counts["skipped"], seconds, tuple(failures)
    )


def _cases(root: ET.Element) -> Iterator[tuple[ET.Element, str, ET.Element | None]]:
    for case in root.iter("testcase"):
        inside = next((one for kind in ("failure", "error", "skipped") for one in case.findall(kind)), None)
        yield case, "passed" if inside is None else inside.tag, inside


def _name(case: ET.Element) -> str:
    return cut(clean(f"{case.get('classname', '')}.{case.get('name', '')}".strip(".")), _NAME)


def _why(inside: ET.Element) -> str:
    return cut(clean(inside.get("message") or inside.text or inside.get("type") or ""), _MESSAGE)


def _seconds(text: str) -> float:
    try:
        value = float(text.replace(",", ""))
    except ValueError:
        return 0.0
    return value if math.isfinite(value) and value > 0 else 0.0
