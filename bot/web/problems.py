"""What somebody reads when a page or a request goes wrong: words in a browser, problem+json for programs."""

import orjson
from aiohttp import web

from bot.html import rendered

_TITLES = {
    400: ("I could not read that", "The request is not complete. Go back and try again."),
    401: ("Sign in first", "This needs a token or a signature that I know."),
    403: (
        "This is not for you to see",
        "Ask for the link again in the chat; it may have been cut or changed.",
    ),
    404: ("There is nothing here", "The link may be cut or old. Ask for it again in the chat."),
    405: ("Not like that", "This address does not take that kind of request."),
    413: ("That is too much at once", "Send at most 1 MiB."),
    410: ("This link is over", "Ask for another in the chat."),
    422: ("That did not work", "Go back and try again."),
    429: ("Not so fast", "Wait a moment, then try again."),
    421: ("Wrong name", "Use the address that Wardroom printed when it started."),
    503: ("Not ready", "A part of the house does not answer now. Try again in a moment."),
}
_OTHER = ("Something went wrong on my side", "It is written down in the log. Try again in a moment.")


def explain(request: web.Request, status: int, detail: str = "") -> web.Response:
    """An answer of `status` in words; as a page if a browser asks."""
    title, usual = _TITLES.get(status, _OTHER)
    text = detail or usual
    if "text/html" in request.headers.get("Accept", ""):
        page = rendered("problem_page.html", title=title, text=text, status=status)
        return web.Response(status=status, text=page, content_type="text/html")
    body = orjson.dumps({"type": "about:blank", "title": title, "status": status, "detail": text})
    return web.Response(status=status, body=body, content_type="application/problem+json")
