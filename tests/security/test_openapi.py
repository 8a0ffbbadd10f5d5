"""The description of the HTTP API is whole and true: a fuzzer that believes it finds nothing."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis import checks
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from collabpad.sandbox import open_sandbox
from collabpad.settings import Settings
from collabpad.web.app import create_app
from collabpad.web.openapi import describe
from tests.harness import Server

EXAMPLES = 25
METHODS = ("get", "post", "delete", "put", "patch")
OPERATIONS = [
    (method, path)
    for path, item in describe(Settings())["paths"].items()
    for method in item
    if method in METHODS
]
# What a path or a query holds is text whatever it is, so only bodies can be other than described.
CASES = [(*each, "POSITIVE") for each in OPERATIONS] + [
    (method, path, "NEGATIVE")
    for method, path in OPERATIONS
    if "requestBody" in describe(Settings())["paths"][path][method]
]
CHECKS = [
    checks.not_a_server_error,
    content_type_conformance,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
]


@pytest.fixture(scope="module")
def api(server: Server) -> Any:
    return schemathesis.openapi.from_dict(server.get("/api/openapi.json").json())


@pytest.fixture(scope="module")
def routes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[set[tuple[str, str]]]:
    """What the application answers, as OpenAPI writes it."""
    settings = Settings(ephemeral=True, run_backend="off")
    application = create_app(settings, sandbox=open_sandbox(settings), operator_token=None)
    yield {
        (method.lower(), re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule))
        for rule in application.flask.url_map.iter_rules()
        for method in rule.methods or ()
        if method.lower() in METHODS
    }
    application.close()


def test_every_route_is_described_and_nothing_else(routes: set[tuple[str, str]]) -> None:
    assert set(OPERATIONS) == routes


def test_it_is_a_valid_description() -> None:
    from jsonschema_rs import validator_for

    description = describe(Settings())
    for name, schema in description["components"]["schemas"].items():
        validator_for({**schema, "components": description["components"]})
        assert schema["type"] == "object", name
    names = [
        item[method]["operationId"]
        for item in description["paths"].values()
        for method in item
        if method in METHODS
    ]
    assert len(set(names)) == len(names)


def test_it_says_where_the_server_is() -> None:
    assert describe(Settings())["servers"] == [{"url": "/"}]
    assert describe(Settings(base_path="/pad"))["servers"] == [{"url": "/pad"}]


def test_it_tells_no_secret(server: Server, tmp_path: Path) -> None:
    told = json.dumps(server.get("/api/openapi.json").json())
    assert server.token not in told
    assert str(server.folder) not in told


@pytest.mark.slow
@pytest.mark.parametrize(("method", "path", "mode"), CASES)
def test_a_fuzzer_finds_nothing(
    server: Server, api: Any, method: str, path: str, mode: str
) -> None:
    operation = api[path][method.upper()]
    session = server.create_session()["session_id"]

    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        database=None,
        derandomize=True,
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(generation_mode=schemathesis.GenerationMode[mode]))
    def fuzz(case: Any) -> None:
        call = {"base_url": server.url, "headers": server.as_operator, "timeout": 20}
        case.call_and_validate(**call, checks=CHECKS)
        if "session_id" in case.path_parameters:
            case.path_parameters["session_id"] = session
            case.call_and_validate(**call, checks=CHECKS)

    fuzz()
