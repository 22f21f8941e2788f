"""Why the other side of a connection was not reached, in words for whoever has to mend it."""

import os
import socket

import aiohttp

_ODD = "it gave no proper answer"


def why(error: BaseException) -> str:
    """The reason in words, without the address, which may be a secret."""
    match error:
        case (
            aiohttp.ClientConnectorCertificateError()
            | aiohttp.ClientConnectorSSLError()
            | aiohttp.ClientSSLError()
        ):
            return "its certificate is not trusted, or it speaks no TLS"
        case aiohttp.ClientConnectorError():
            return _of_system(error.os_error)
        case aiohttp.ServerDisconnectedError() | ConnectionResetError():
            return "it closed the connection without an answer"
        case TimeoutError():
            return "it did not answer in time"
        case OSError():
            return _of_system(error)
        case _:
            return _ODD


def _of_system(error: OSError) -> str:
    if isinstance(error, socket.gaierror):
        if error.errno == socket.EAI_AGAIN:
            return "its name could not be looked up: the name server does not answer"
        return "nobody knows its name"
    said = os.strerror(error.errno) if error.errno else ""
    return f"no connection ({said.lower()})" if said else "nothing answers there"
