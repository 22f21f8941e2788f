"""Tests of the actions, against real processes and servers."""
