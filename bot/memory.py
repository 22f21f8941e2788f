"""Python's collector of unused objects, set for a process that answers people: rare and short pauses.

Left alone it looks through everything that start-up made, again and again; with some ten thousand objects each
look is a pause of 50 ms, in which nobody is answered (`python -m bench.decisions` shows it).
"""

import gc

_NEW_OBJECTS = 50_000
_ROUNDS = (20, 50)
_NEW_AT_START = 20_000
_NEVER = 1_000


def hurry() -> None:
    """Until `settle`, look through what is young alone: of what a start makes, nearly all stays."""
    gc.set_threshold(_NEW_AT_START, _NEVER, _NEVER)


def settle() -> None:
    """Set aside what is there now, and look through what comes later less often."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(_NEW_OBJECTS, *_ROUNDS)
