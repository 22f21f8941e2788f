"""A sentence as it was meant: names of the catalogue in the place of slips of the finger, so that what is shown is what is done. Pure."""

import re
from dataclasses import replace

from core.catalogue.names import resolve
from core.errors import Invalid
from core.language.entity import Entity, EntityType
from core.language.understand import Understanding
from core.world import World


def spelt(world: World, meant: Understanding) -> Understanding:
    """The same, with each service and place that was meant by a slip under its name."""
    text = meant.text
    for one in meant.entities:
        if one.text and _is_slip(world, one):
            pieces = re.split(rf"(?<![\w-]){re.escape(one.text)}(?![\w-])", text)
            text = str(one.value).join(pieces)
    return replace(meant, text=text)


def _is_slip(world: World, one: Entity) -> bool:
    try:
        if one.type is EntityType.SERVICE:
            resolve(one.text, world.services)
        if one.type is EntityType.ENVIRONMENT:
            resolve(one.text, world.environments)
    except Invalid:
        return True
    return False
