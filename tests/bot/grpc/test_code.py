"""What is committed is what the proto gives."""

from pathlib import Path

from bot.grpc import oversight_pb2 as pb
from bot.grpc.calls import CALLS
from tests.grpc_code import PROTO, write
from tests.house import ROOT


def test_the_committed_code_is_what_the_proto_gives(tmp_path: Path) -> None:
    written = write(tmp_path)
    assert {path.name for path in written} == {path.name for path in (ROOT / PROTO).parent.glob("*_pb2*.py*")}
    for path in written:
        assert (tmp_path / path).read_bytes() == (ROOT / path).read_bytes(), "python -m tests.grpc_code"


def test_every_call_of_the_proto_is_answered() -> None:
    service = pb.DESCRIPTOR.services_by_name["OversightService"]
    takes = {method.name: method.input_type.full_name for method in service.methods}
    assert "wardroom.oversight.v1.WatchRequest" == takes.pop("Watch")
    assert takes == {call.name: call.takes.DESCRIPTOR.full_name for call in CALLS}
