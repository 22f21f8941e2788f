"""Reports of tests, also those that somebody made to do harm."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import Invalid
from core.testbench import results
from core.testbench.results import Failure, read

REPORT = b"""<?xml version="1.0"?>
<testsuites><testsuite name="a" tests="4">
  <testcase classname="shop.Cart" name="adds" time="0.25"/>
  <testcase classname="shop.Cart" name="pays" time="1,000.5"><failure message="declined">trace</failure></testcase>
  <testcase name="breaks" time="nan"><error type="OSError"/></testcase>
  <testcase name="waits"><skipped/></testcase>
</testsuite></testsuites>"""
BOMB = b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><testsuite><testcase name="&b;"/></testsuite>'


def test_each_test_counts_once_as_what_became_of_it() -> None:
    found = read(REPORT)
    assert (4, 1, 1, 1, 1) == (found.total, found.passed, found.failed, found.errors, found.skipped)
    assert (Failure("shop.Cart.pays", "declined"), Failure("breaks", "OSError")) == found.failures
    assert found.seconds == 1000.75
    assert not found.is_good
    assert found.sentence() == "1 passed, 1 failed, 1 with errors, 1 skipped in 1000.8 s"


@pytest.mark.parametrize(
    ("xml", "words"),
    [
        (b"", "no XML"),
        (b"{}", "no XML"),
        (b"<html/>", "begins with <html>"),
        (BOMB, "document type"),
        (b"x" * (results.LARGEST + 1), "larger than 16 MiB"),
    ],
)
def test_what_is_no_report_is_refused_in_words(xml: bytes, words: str) -> None:
    with pytest.raises(Invalid, match=words):
        read(xml)


def test_of_many_failures_the_first_are_named() -> None:
    case = '<testcase name="t"><failure message="' + "y" * 5_000 + '"/></testcase>'
    found = read(f"<testsuite>{case * 500}</testsuite>".encode())
    assert (found.failed, len(found.failures), len(found.failures[0].why)) == (500, 20, 600)


@given(st.binary(max_size=300))
def test_whatever_is_read_gives_results_or_words(junk: bytes) -> None:
    for xml in (junk, b"<testsuite>" + junk + b"</testsuite>", REPORT[: len(junk)] + junk):
        with suppress(Invalid):
            assert read(xml).total >= 0
