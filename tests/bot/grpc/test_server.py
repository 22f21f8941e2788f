"""The server: reflection and health, TLS, limits, and what is said when it cannot be served."""

import asyncio
import os
import sys
from pathlib import Path
from typing import Any

import grpc
import pytest
from google.protobuf.descriptor_pool import DescriptorPool
from google.protobuf.json_format import MessageToDict, ParseDict
from google.protobuf.message_factory import GetMessageClass
from grpc import aio
from grpc_health.v1 import health_pb2
from grpc_health.v1.health_pb2_grpc import HealthStub
from grpc_reflection.v1alpha.proto_reflection_descriptor_database import ProtoReflectionDescriptorDatabase

from bot.app import build
from bot.grpc import oversight_pb2 as pb
from bot.grpc.server import GrpcServer, Tls
from core.errors import Invalid
from core.store.opening import sqlite_path
from tests.bot.grpc.authority import Authority
from tests.bot.grpc.house import Program, Refused, channel_to, here, question, serving
from tests.house import ROOT
from tests.stories.house import running

_SERVICE = "wardroom.oversight.v1.OversightService"
_SERVING = health_pb2.HealthCheckResponse.SERVING
_NOT_SERVING = health_pb2.HealthCheckResponse.NOT_SERVING


def _by_reflection(address: str, secret: str) -> tuple[list[str], dict[str, Any], dict[str, Any]]:
    """What a tool does that knows nothing but the address: list, describe, and call by what it was told."""
    with grpc.insecure_channel(address) as channel:
        known = ProtoReflectionDescriptorDatabase(channel)
        pool = DescriptorPool(known)
        service = pool.FindServiceByName(_SERVICE)
        answers = []
        for name, said in (
            (
                "CreateRequest",
                {"kind": "note", "title": "Say hello", "idempotencyKey": "k", "subject": {"n": 1}},
            ),
            ("ListRequests", {"limit": 5}),
        ):
            method = service.methods_by_name[name]
            takes, gives = GetMessageClass(method.input_type), GetMessageClass(method.output_type)
            call = channel.unary_unary(
                f"/{_SERVICE}/{name}", takes.SerializeToString, response_deserializer=gives.FromString
            )
            answer = call(ParseDict(said, takes()), metadata=(("authorization", f"Bearer {secret}"),))
            answers.append(MessageToDict(answer))
        made, listed = answers
        return sorted(known.get_services()), made, listed


async def test_a_tool_that_knows_only_the_address_lists_describes_and_calls(tmp_path: Path) -> None:
    async with serving(here(tmp_path)) as world:
        server = world.house.parts.grpc
        assert server is not None
        secret = await world.secret("rex")
        services, made, listed = await asyncio.to_thread(_by_reflection, server.address, secret)
        assert {_SERVICE, "grpc.health.v1.Health", "grpc.reflection.v1alpha.ServerReflection"} == set(
            services
        )
        assert ("STATUS_APPROVED", {"n": 1.0}) == (made["status"], made["subject"])
        assert [made["id"]] == [one["id"] for one in listed["items"]]


async def test_health_follows_the_database_and_the_end_of_the_house(tmp_path: Path) -> None:
    given = here(tmp_path)
    async with serving(given) as world, asyncio.timeout(20):
        health = HealthStub(world.channel)
        for service in ("", _SERVICE):
            assert _SERVING == (await health.Check(health_pb2.HealthCheckRequest(service=service))).status
        with pytest.raises(aio.AioRpcError) as caught:
            await health.Check(health_pb2.HealthCheckRequest(service="other"))
        assert "NOT_FOUND" == caught.value.code().name
        states: Any = health.Watch(health_pb2.HealthCheckRequest(service=_SERVICE))
        assert _SERVING == (await states.read()).status
        rex = await world.program("rex")
        database = sqlite_path(given.database_url.get_secret_value())
        assert database is not None
        away = database.rename(database.with_suffix(".away"))
        await world.house.beat()
        assert _NOT_SERVING == (await states.read()).status
        with pytest.raises(Refused) as refused:
            await rex.ask()
        assert ("UNAVAILABLE", "UNAVAILABLE") == (refused.value.status, refused.value.code)
        away.rename(database)
        await world.house.beat()
        assert _SERVING == (await states.read()).status
        stopping = asyncio.create_task(world.house.parts.grpc.stop())  # type: ignore[union-attr]
        assert _NOT_SERVING == (await states.read()).status
        states.cancel()
        await stopping


async def test_only_who_has_a_certificate_and_a_token_is_let_in(tmp_path: Path) -> None:
    ours, others = Authority("ours"), Authority("others")
    cert, key = ours.pair("server").write(tmp_path, "server")
    (tmp_path / "ca.pem").write_bytes(ours.pem)
    given = here(tmp_path, grpc_tls_cert=cert, grpc_tls_key=key, grpc_tls_client_ca=tmp_path / "ca.pem")
    mine, theirs = ours.pair("rex"), others.pair("rex")
    async with serving(given, grpc.ssl_channel_credentials(ours.pem, mine.key, mine.cert)) as world:
        assert pb.STATUS_PENDING == (await (await world.program("rex")).ask()).status
        with pytest.raises(Refused) as caught:
            await world.stranger().ask()
        assert "UNAUTHENTICATED" == caught.value.status
        secret = await world.secret("rex")
        for credentials in (
            None,
            grpc.ssl_channel_credentials(ours.pem),
            grpc.ssl_channel_credentials(ours.pem, theirs.key, theirs.cert),
            grpc.ssl_channel_credentials(others.pem, mine.key, mine.cert),
        ):
            async with channel_to(world.house.parts.grpc.address, credentials) as channel:  # type: ignore[union-attr]
                with pytest.raises(Refused) as caught:
                    await Program(channel, secret).ask()
                assert "UNAVAILABLE" == caught.value.status


async def test_a_call_ends_with_its_time_and_may_be_sent_again(tmp_path: Path) -> None:
    async with serving(here(tmp_path)) as world:
        rex = await world.program("rex")
        for timeout in (0.0001, 0.0005, 0.001):
            with pytest.raises(Refused) as late:
                await rex.call("CreateRequest", question(idempotency_key="k"), timeout=timeout)
            assert "DEADLINE_EXCEEDED" == late.value.status
        asked = await rex.ask(key="k")
        listed = await rex.call("ListRequests", pb.ListRequestsRequest())
        assert [asked.id] == [one.id for one in listed.items]


async def test_a_message_that_is_too_large_is_refused_before_it_is_read(tmp_path: Path) -> None:
    async with serving(here(tmp_path)) as world:
        rex = await world.program("rex")
        with pytest.raises(Refused) as caught:
            await rex.ask(subject_json='{"x": "' + "y" * 300_000 + '"}')
        assert "RESOURCE_EXHAUSTED" == caught.value.status


def refused(tmp_path: Path, **more: Any) -> str:
    with pytest.raises(Invalid) as caught:
        build(here(tmp_path, **more))
    return caught.value.sentence()


def test_without_tls_only_this_machine_is_served(tmp_path: Path) -> None:
    said = refused(tmp_path, http_host="0.0.0.0", local=False)  # noqa: S104 - it is refused
    assert "WARDROOM_GRPC_TLS_CERT" in said
    assert "WARDROOM_GRPC_PORT=off" in said
    assert build(here(tmp_path, http_host="0.0.0.0", local=False, grpc_port="off")).parts.grpc is None  # noqa: S104


def test_files_of_tls_that_cannot_be_used_are_told_by_name(tmp_path: Path) -> None:
    one, two = Authority("a").pair("one"), Authority("a").pair("two")
    cert, key = one.write(tmp_path, "one")
    _, other = two.write(tmp_path, "two")
    text = tmp_path / "text"
    text.write_text("nothing")
    assert "TLS_KEY" in refused(tmp_path, grpc_tls_cert=cert)
    assert "cannot be read" in refused(tmp_path, grpc_tls_cert=tmp_path / "gone", grpc_tls_key=key)
    assert "cannot be used together" in refused(tmp_path, grpc_tls_cert=cert, grpc_tls_key=other)
    assert "cannot be used together" in refused(tmp_path, grpc_tls_cert=text, grpc_tls_key=key)
    usable = {"grpc_tls_cert": cert, "grpc_tls_key": key}
    assert "CLIENT_CA cannot be used" in refused(tmp_path, **usable, grpc_tls_client_ca=text)


async def test_a_port_that_is_taken_is_told_and_keeps_nobody_from_looking_around(tmp_path: Path) -> None:
    (tmp_path / "one").mkdir()
    (tmp_path / "two").mkdir()
    async with serving(here(tmp_path / "one")) as world:
        taken = world.house.parts.grpc
        assert taken is not None
        server = GrpcServer("127.0.0.1", taken.port, taken._service, Tls())
        with pytest.raises(Invalid) as caught:
            await server.start()
        assert "WARDROOM_GRPC_PORT" in caught.value.mend
        async with running(here(tmp_path / "two", grpc_port=taken.port, demo=True)):
            assert pb.STATUS_PENDING == (await (await world.program("rex")).ask()).status


async def test_without_its_packages_wardroom_starts_and_says_once_that_it_is_not_served(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in [name for name in sys.modules if name.startswith("bot.grpc.")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "grpc", None)
    async with running(here(tmp_path)) as house:
        assert house.parts.grpc is None
    out = capsys.readouterr().out
    assert 1 == out.count("grpc.not_served")
    assert "wardroom-chatops[grpc]" in out


async def test_a_house_without_grpc_does_not_load_it(tmp_path: Path) -> None:
    code = (
        "import asyncio, sys\n"
        "from pathlib import Path\n"
        "from tests.stories.house import settings\n"
        "from bot.app import build\n"
        f"build(settings(Path({str(tmp_path)!r})))\n"
        "assert not [name for name in sys.modules if name.partition('.')[0] in ('grpc', 'google')]\n"
    )
    environment = os.environ | {"WARDROOM_GRPC_PORT": "off"}
    done = await asyncio.create_subprocess_exec(sys.executable, "-c", code, cwd=ROOT, env=environment)
    assert 0 == await done.wait()
