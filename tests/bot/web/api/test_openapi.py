"""The interface keeps what its own document promises: every answer is one that the document names."""

import asyncio
from contextlib import suppress
from pathlib import Path
from typing import Any

import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from schemathesis.core.failures import FailureGroup
from schemathesis.core.result import Ok
from schemathesis.openapi.checks import RejectedPositiveData

from tests.bot.web.api.house import QUESTION, World, serving

_PARSED = "cannot be used: "  # what the door says of words that do not fit the document
_TOO_FAR = "too far away"  # no document can say of a moment how far it may be
_EXAMPLES = 8
_PLENTY = "requests_per_minute: {person: 1000000, workspace: 1000000}"


async def _document(world: World) -> dict[str, Any]:
    _, document = await world.stranger().get("/openapi.json")
    del document["security"]  # the token is sent by the test, and is not to be made up
    del document["paths"]["/api/v1/stream"]  # an answer that stays open
    return dict(document)


def _not_met(case: Any, base: str, token: str) -> list[str]:
    """What of the document one answer does not keep."""
    response = case.call(base_url=base, headers={"Authorization": f"Bearer {token}"})
    try:
        case.validate_response(response)
    except FailureGroup as group:
        kept = [one for one in group.exceptions if not _is_of_the_world(one, response.text)]
        return [
            f"{case.method} {case.path}: {one} {response.status_code} {response.text[:300]}" for one in kept
        ]
    return []


def _is_of_the_world(failure: BaseException, said: str) -> bool:
    """Whether words that fit the document were refused for what they say, such as people that there are not."""
    return isinstance(failure, RejectedPositiveData) and (_PARSED not in said or _TOO_FAR in said)


def _try(document: dict[str, Any], base: str, token: str) -> list[str]:
    found: list[str] = []
    for result in schemathesis.openapi.from_dict(document).get_all_operations():
        assert isinstance(result, Ok), result
        operation = result.ok()
        for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):

            @settings(
                max_examples=_EXAMPLES,
                derandomize=True,
                database=None,
                phases=[Phase.explicit, Phase.generate],
                suppress_health_check=list(HealthCheck),
            )
            @given(case=operation.as_strategy(generation_mode=mode))
            def tried(case: Any) -> None:
                found.extend(_not_met(case, base, token))

            with suppress(Unsatisfiable):  # nothing can be wrong where nothing is taken
                tried()
    return found


async def test_every_answer_is_one_that_the_document_names(tmp_path: Path) -> None:
    async with serving(tmp_path, limits=_PLENTY) as world:
        rex, ana = await world.program("rex"), await world.program("ana")
        await rex.post("/approvals", QUESTION)
        await ana.post("/incidents", {"title": "Slow"})
        document = await _document(world)
        found = await asyncio.to_thread(_try, document, world.house.url, ana.secret)
        assert [] == sorted(set(found))
