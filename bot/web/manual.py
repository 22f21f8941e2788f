"""The pages of the documentation that answers in chat lead to, as they were written."""

from aiohttp import web

from handlers.manual import pages


def routes() -> list[web.RouteDef]:
    """`/manual/how-to/memory`, and every other page of `handlers.manual.pages.names`; nothing else is read."""

    async def page(request: web.Request) -> web.Response:
        name = request.match_info["name"]
        if name not in pages.names():
            raise web.HTTPNotFound(text="There is no such page.\n")
        return web.Response(text=pages.text_of(name), content_type="text/plain", charset="utf-8")

    return [web.get("/manual/{name:[a-z/-]{1,80}}", page)]
