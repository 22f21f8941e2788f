"""The OpenAPI document, made of the very models that parse what comes in."""

import re
from collections.abc import Sequence
from importlib.metadata import version
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import JsonSchemaMode

from bot.doors import KEY_PATTERN
from bot.web.api.route import EVENTS, JSON, Route

_IN_PATH = re.compile(r"\{(\w+)\}")
_PROBLEM = {
    "type": "object",
    "required": ["type", "title", "status", "detail", "code"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "code": {"type": "string"},
    },
}
_USUAL = (400, 401, 403, 429, 503)


def document(routes: Sequence[Route], base: str) -> dict[str, Any]:
    """OpenAPI 3.1 of these routes."""
    schemas: dict[str, Any] = {"Problem": _PROBLEM}
    paths: dict[str, dict[str, Any]] = {}
    for route in routes:
        paths.setdefault(base + route.path, {})[route.method.lower()] = _operation(route, schemas)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Wardroom",
            "version": version("wardroom-chatops"),
            "license": {"name": "Apache-2.0"},
        },
        "paths": paths,
        "components": {
            "schemas": schemas,
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
        "security": [{"token": []}],
    }


def _operation(route: Route, schemas: dict[str, Any]) -> dict[str, Any]:
    parameters = [
        _parameter("path", name, {"type": "string"}, required=True) for name in _IN_PATH.findall(route.path)
    ]
    query, inner = _schema(route.query, f"{route.query.__module__.rpartition('.')[2]}.{route.query.__name__}")
    schemas.update(inner)
    needed = query.get("required", [])
    parameters += [
        _parameter("query", name, schema, required=name in needed)
        for name, schema in query.get("properties", {}).items()
    ]
    if route.method == "POST":
        key = {"type": "string", "pattern": KEY_PATTERN}
        parameters.append(_parameter("header", "Idempotency-Key", key, required=True))
    if route.gives == EVENTS:
        number = {"type": "string", "pattern": "^[0-9]{1,16}$"}
        parameters.append(_parameter("header", "Last-Event-ID", number, required=False))
    operation: dict[str, Any] = {
        "operationId": f"{route.method.lower()}_{re.sub(r'[^a-z]+', '_', route.path.lower()).strip('_')}",
        "summary": route.summary,
        "parameters": parameters,
        "responses": _responses(route, schemas),
    }
    if route.permission:
        operation["description"] = f"Needs the permission `{route.permission}`."
    if route.body is not None:
        name = _named(route.body, schemas)
        content = {"application/json": {"schema": {"$ref": f"#/components/schemas/{name}"}}}
        operation["requestBody"] = {"required": True, "content": content}
    return operation


def _responses(route: Route, schemas: dict[str, Any]) -> dict[str, Any]:
    fine: dict[str, Any] = {
        str(status): {
            "description": "As asked.",
            "content": _content(route, schemas),
        }
        for status in route.statuses
        if status != 304  # noqa: PLR2004 - nothing has changed, so nothing is said
    }
    if 304 in route.statuses:  # noqa: PLR2004
        fine["304"] = {"description": "It is as you know it."}
    more = (413, 415) if route.body is not None else ()
    for status in sorted({*_USUAL, *more, *route.refuses}):
        content = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
        fine[str(status)] = {"description": "See `code`.", "content": content}
    return fine


def _content(route: Route, schemas: dict[str, Any]) -> dict[str, Any]:
    kinds = (route.gives, EVENTS) if route.streams else (route.gives,)
    made: dict[str, Any] = {"type": "object"}
    if route.answers is not None:
        made = {"$ref": f"#/components/schemas/{_named(route.answers, schemas, 'serialization')}"}
    return {kind: {"schema": made if kind == JSON else {"type": "string"}} for kind in kinds}


def _parameter(where: str, name: str, schema: Any, *, required: bool) -> dict[str, Any]:
    return {"in": where, "name": name, "required": required, "schema": schema}


def _named(model: type[BaseModel], schemas: dict[str, Any], mode: JsonSchemaMode = "validation") -> str:
    """The name under which a body is described; where another area calls another one so, its area stands before it."""
    name = model.__name__
    made, inner = _schema(model, name, mode)
    if schemas.get(name, made) != made:
        name = f"{model.__module__.rpartition('.')[2]}.{name}"
        made, inner = _schema(model, name, mode)
    schemas.update({name: made, **inner})
    return name


def _schema(
    model: type[BaseModel], name: str, mode: JsonSchemaMode = "validation"
) -> tuple[dict[str, Any], dict[str, Any]]:
    """The schema of a model, and those that belong to it: named after it, since areas may call different things by one name."""
    made = model.model_json_schema(ref_template=f"#/components/schemas/{name}.{{model}}", mode=mode)
    return made, {f"{name}.{each}": inner for each, inner in made.pop("$defs", {}).items()}
