"""Addresses of the kind `host:port`, and what it says when there is no connection to one."""

import os
import socket

from core.health.check import Finding, Status
from core.text import one_line


def split(address: str) -> tuple[str, int]:
    """Host and port; an IPv6 address without its brackets."""
    host, _, port = address.rpartition(":")
    return host.strip("[]"), int(port)


def failed(error: OSError) -> Finding:
    """What it says that there was no connection; without an answer from the name server, nothing is known."""
    if not isinstance(error, socket.gaierror):
        why = os.strerror(error.errno) if error.errno else one_line(str(error), 120)
        return Finding(Status.UNHEALTHY, f"no connection: {why}")
    if error.errno == socket.EAI_AGAIN:
        return Finding(Status.UNKNOWN, "its name could not be looked up: the name server does not answer")
    return Finding(Status.UNHEALTHY, f"its name leads nowhere: {one_line(error.strerror or str(error), 120)}")
