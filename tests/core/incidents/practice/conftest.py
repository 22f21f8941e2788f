"""What tests of the practice ask for."""

from tests.core.incidents.gathering.conftest import any_street

__all__ = ["any_street"]
