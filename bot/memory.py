"""Python's collector of unused objects, set for a process that answers people: rare and short pauses.

Left alone it looks through everything that start-up made, again and again; with some ten thousand objects each
look is a pause of 50 ms, in which nobody is answered (`python -m bench.decisions` shows it).
"""

import gc

_NEW_OBJECTS = 50_000
_ROUNDS = (20, 50)


def settle() -> None:
    """Set aside what is there now, and look through what comes later less often."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(_NEW_OBJECTS, *_ROUNDS)
