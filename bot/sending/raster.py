"""A run's graph as PNG, for chats that show no SVG: the same drawing, in colours of its own and with letters we bring.

The library is imported when the first picture is drawn.
"""

from importlib.resources import as_file, files

from bot.sending.picture import svg
from core.runbooks.graph import Graph

LARGEST = 8 * 1024 * 1024  # bytes; every chat takes that much
_LONGEST = 8_000  # pixels of one side
_SHARP = 2.0
_FONT = "DejaVu Sans"
_STYLE = """
text { font-family: 'DejaVu Sans'; fill: #1d1c1d; }
.graph-name { font-size: 11px; }
.graph-word { font-size: 10px; fill: #5c5f66; }
.graph-mark { font-size: 15px; text-anchor: middle; fill: #5c5f66; }
.graph-edge { stroke: #8a8f98; stroke-width: 1.5; fill: none; }
.graph-box { fill: #f7f8fa; stroke: #8a8f98; stroke-width: 1.5; }
[data-look="done"] .graph-box { stroke: #1f7a45; }
[data-look="failed"] .graph-box { stroke: #b3261e; stroke-width: 2.5; }
[data-look="running"] .graph-box { stroke: #1a5fb4; stroke-width: 2.5; }
[data-look="asking"] .graph-box { stroke: #9a6700; stroke-width: 2.5; }
[data-look="pending"] .graph-box, [data-look="planned"] .graph-box { stroke-dasharray: 5 4; }
[data-look="skipped"] .graph-box, [data-look="undone"] .graph-box { stroke-dasharray: 2 4; }
[data-look="done"] .graph-mark { fill: #1f7a45; }
[data-look="failed"] .graph-mark { fill: #b3261e; }
[data-look="running"] .graph-mark { fill: #1a5fb4; }
[data-look="asking"] .graph-mark { fill: #9a6700; }
"""


class NotDrawn(Exception):
    """There is no picture; the words say why, and what to do."""


def png(graph: Graph, title: str) -> bytes:
    """The drawing in twice its size, or as large as 8,000 pixels allow.

    Letters that the font we bring does not have, such as Chinese ones, come from fonts of the machine if it has any.

    Raises:
        NotDrawn: the library is not installed, or the picture would be too large.
    """
    try:
        from resvg_py import svg_to_bytes
    except ModuleNotFoundError:
        what = "Pictures are not installed here: pip install 'wardroom-chatops[pictures]'."
        raise NotDrawn(what) from None
    longest = max(graph.width, graph.height, 1.0)
    with as_file(files("bot") / "fonts" / "DejaVuSans.ttf") as font:
        drawn = bytes(
            svg_to_bytes(
                svg_string=svg(graph, title),
                style_sheet=_STYLE,
                background="#ffffff",
                font_files=[str(font)],
                font_family=_FONT,
                sans_serif_family=_FONT,
                zoom=min(_SHARP, _LONGEST / longest),
            )
        )
    if len(drawn) > LARGEST:
        raise NotDrawn("The picture would be too large for a chat; the page has it.")
    return drawn
