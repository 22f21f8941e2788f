"""Runbooks of a few steps in a row, and how a run of them stands."""

from tests.core.runbooks.house import House

CHAIN = """
name: chain
params: {environment: {type: environment, default: staging}}
steps:
  - {id: a, action: do, outputs: {line: "${{ result.stdout }}"}, rollback: {action: do, with: {back: "${{ steps.a.outputs.line }}"}}}
  - {id: b, needs: [a], action: do, rollback: {action: do}}
  - {id: c, needs: [b], action: do, with: {line: "${{ steps.a.outputs.line }}"}, rollback: {action: do}}
rollback_steps:
  - {id: told, action: do}
"""
ASKS = """
name: asks
steps:
  - {id: a, action: do}
  - {id: q, needs: [a], approval: {ask: [{role: sre}], reason: sure}}
  - {id: b, needs: [q], action: do}
"""


def done(house: House) -> list[str]:
    return [step for step, _ in house.hands.done]


async def state(house: House, run: str = "RUN-1") -> str:
    return str((await house.get(run)).state)
