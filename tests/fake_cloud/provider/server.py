"""A fake Terraform provider.

Terraform starts it through starter.py, like a real provider, and speaks plugin protocol 6 with it,
without TLS: the fake cloud sets TF_DISABLE_PLUGIN_TLS. With `-debug` the provider prints how
Terraform attaches to it, and serves until it is terminated. Environment variables:

FAKE_CLOUD_WORLD: the file with all resources. The file `journal` next to it gets a line per change.
FAKE_CLOUD_STARTS: a file that gets a line per start of a provider.
FAKE_CLOUD_PAUSE=TYPE: an apply or destroy of that type hangs before it changes anything, and
creates a file `paused` next to the world, so that a test can kill Terraform halfway. The provider
ends when Terraform has ended.
FAKE_CLOUD_LATE=1: a load balancer is ready only after the creation of its Service has timed out.
FAKE_CLOUD_LOGGED_OUT=google: the google provider finds no credentials.
FAKE_CLOUD_FORBIDDEN=TYPE,TYPE: the deployer has no permission to read data sources of these types,
or, for `instance_group_managers`, those of a cluster's nodes.
"""

import copy
import json
import os
import re
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, NoReturn, TextIO

import grpc
from tf.gen import grpc_controller_pb2 as controller
from tf.gen import grpc_controller_pb2_grpc as controller_rpc
from tf.gen import tfplugin_pb2 as pb
from tf.gen import tfplugin_pb2_grpc as rpc

from tests.fake_cloud.google.computed_values import Place, fill, read, written
from tests.fake_cloud.google.data_sources import read_data
from tests.fake_cloud.google.rules import TOKEN, RejectedError, check, destroy, reached
from tests.fake_cloud.google.world import World, opened
from tests.fake_cloud.provider.catalogue import Block, Catalogue, Kind, attributes, nested
from tests.fake_cloud.provider.plan import Steps, complaints, planned, replacing
from tests.fake_cloud.provider.values import UNKNOWN, Values, decode, encode, first

_PAUSE_SECONDS = 120
_LOOK_SECONDS = 0.05

_NO_CREDENTIALS = (
    "Attempted to load application default credentials since neither `credentials` nor"
    " `access_token` was set in the provider block.  No credentials loaded."
)

# The error of the kubernetes provider if a load balancer has no address within timeouts.create.
_TOO_LATE = "client rate limiter Wait returned an error: context deadline exceeded"


class Provider(rpc.ProviderServicer):
    """Implements the plugin protocol for the resources of one provider."""

    def __init__(self, catalogue: Catalogue, world: Path) -> None:
        """Serve the resource types of a catalogue, and store resources in the file `world`."""
        self._catalogue = catalogue
        self._world = world
        self._config: Values = {}

    def GetProviderSchema(self, request: Any, context: Any) -> Any:
        return self._catalogue.schema

    def ValidateProviderConfig(self, request: Any, context: Any) -> Any:
        return pb.ValidateProviderConfig.Response()

    def ValidateDataResourceConfig(self, request: Any, context: Any) -> Any:
        return pb.ValidateDataResourceConfig.Response()

    def ValidateResourceConfig(self, request: Any, context: Any) -> Any:
        kind = self._catalogue.resources[request.type_name]
        errors = complaints(kind, decode(request.config) or {})
        return pb.ValidateResourceConfig.Response(diagnostics=[_error(text) for text in errors])

    def ConfigureProvider(self, request: Any, context: Any) -> Any:
        self._config = decode(request.config) or {}
        if os.environ.get("FAKE_CLOUD_LOGGED_OUT") == self._catalogue.provider.name:
            return pb.ConfigureProvider.Response(diagnostics=[_error(_NO_CREDENTIALS)])
        return pb.ConfigureProvider.Response()

    def UpgradeResourceState(self, request: Any, context: Any) -> Any:
        state = pb.DynamicValue(json=request.raw_state.json)
        return pb.UpgradeResourceState.Response(upgraded_state=state)

    def ReadResource(self, request: Any, context: Any) -> Any:
        kind = self._catalogue.resources[request.type_name]
        state = decode(request.current_state) or {}
        try:
            with opened(self._world) as world:
                place = self._place(kind, world)
                there = world.get(kind.name, place.key(state["id"]))
                seen = self._seen(there, state) if there else None
                if seen:
                    read(kind, seen, place)
        except RejectedError as error:
            return pb.ReadResource.Response(diagnostics=[_error(str(error))])
        return pb.ReadResource.Response(new_state=encode(seen))

    def PlanResourceChange(self, request: Any, context: Any) -> Any:
        kind = self._catalogue.resources[request.type_name]
        config, prior = decode(request.config), decode(request.prior_state)
        if config is None:
            return pb.PlanResourceChange.Response(planned_state=encode(None))
        result = planned(kind, config, prior, self._config)
        return pb.PlanResourceChange.Response(
            planned_state=encode(result),
            requires_replace=[_path(steps) for steps in replacing(kind, prior, result)]
            if prior
            else [],
            # Both real providers use version 2 of the plugin SDK, which also sets this.
            legacy_type_system=True,
        )

    def ApplyResourceChange(self, request: Any, context: Any) -> Any:
        kind = self._catalogue.resources[request.type_name]
        prior, result = decode(request.prior_state), decode(request.planned_state)
        if os.environ.get("FAKE_CLOUD_PAUSE") == kind.name:
            self._world.with_name("paused").touch()
            time.sleep(_PAUSE_SECONDS)
        try:
            with opened(self._world) as world:
                state = self._apply(kind, world, prior, result)
        except RejectedError as error:
            return pb.ApplyResourceChange.Response(
                new_state=request.prior_state, diagnostics=[_error(str(error))]
            )
        if prior is None and "FAKE_CLOUD_LATE" in os.environ and first(state or {}, "status"):
            return pb.ApplyResourceChange.Response(
                new_state=encode({**(state or {}), "status": []}), diagnostics=[_error(_TOO_LATE)]
            )
        return pb.ApplyResourceChange.Response(new_state=encode(state), legacy_type_system=True)

    def ReadDataSource(self, request: Any, context: Any) -> Any:
        config = decode(request.config) or {}
        if kind := self._catalogue.resources.get(request.type_name):
            return self._read_as_data(kind, config, self._catalogue.data[request.type_name])
        own = {name: self._config.get(name) for name in ("project", "region", "zone")}
        place = "/".join(f"{name}s/{value}" for name, value in own.items())
        state = {**config, **own, "id": place, "access_token": TOKEN}
        return pb.ReadDataSource.Response(state=encode(state))

    def _read_as_data(self, kind: Kind, config: Values, data: Kind) -> Any:
        """Read the data source that has the same name as a resource type."""
        try:
            with opened(self._world) as world:
                state = read_data(kind, data, config, self._config, world)
        except RejectedError as error:
            return pb.ReadDataSource.Response(diagnostics=[_error(str(error))])
        return pb.ReadDataSource.Response(state=encode(state))

    def StopProvider(self, request: Any, context: Any) -> Any:
        return pb.StopProvider.Response()

    def _place(self, kind: Kind, world: World) -> Place:
        if kind.name.startswith("kubernetes_"):
            return Place(world, reached(world, self._config))
        return Place(world)

    def _apply(
        self, kind: Kind, world: World, prior: Values | None, result: Values | None
    ) -> Values | None:
        place = self._place(kind, world)
        if result is None:
            key = place.key((prior or {})["id"])
            destroy(kind, key, world)
            _note(world, "delete", kind, key)
            return None
        asked = copy.deepcopy(result)
        for name in kind.inherits_late:
            result[name] = self._config.get(name) if result[name] == UNKNOWN else result[name]
        fill(kind, result, place)
        key = place.key(result["id"])
        if prior is None and world.get(kind.name, key) and not kind.adopts:
            raise RejectedError(f"{kind.name} {result['id']} already exists")
        there = written(kind, result, place)
        check(kind, there, place)
        world.put(kind.name, key, there)
        _note(world, "update" if prior else "create", kind, key)
        state = self._seen(there, result)
        _keep_null(kind.block, asked, state)
        return state

    def _seen(self, there: Values, known: Values) -> Values:
        """The values that a read returns.

        They contain annotations that match `ignore_annotations` only if the state has them.
        """
        patterns = self._config.get("ignore_annotations") or []
        held = first(known, "metadata.annotations") or {}
        seen = copy.deepcopy(there)
        for metadata in seen.get("metadata", []):
            kept = {
                key: value
                for key, value in (metadata["annotations"] or {}).items()
                if key in held or not any(re.search(pattern, key) for pattern in patterns)
            }
            metadata["annotations"] = kept or None
        return seen


def _note(world: World, action: str, kind: Kind, key: str) -> None:
    """Add a change to the journal."""
    world.note(json.dumps({"action": action, "kind": kind.name, "key": key}))


def _keep_null(block: Block, asked: Values, state: Values) -> None:
    """Set lists, sets and maps to null if they are null in the plan. The next read fills them."""
    for name, attribute in attributes(block).items():
        if asked[name] is None and not isinstance(attribute["type"], str):
            state[name] = None
    for name, inner in nested(block).items():
        if inner["nesting_mode"] == "list" and isinstance(asked[name], list):
            for before, after in zip(asked[name], state[name], strict=True):
                _keep_null(inner["block"], before, after)


def _error(text: str) -> pb.Diagnostic:
    return pb.Diagnostic(severity=pb.Diagnostic.ERROR, summary=text)


def _path(steps: Steps) -> pb.AttributePath:
    return pb.AttributePath(
        steps=[
            pb.AttributePath.Step(element_key_int=step)
            if isinstance(step, int)
            else pb.AttributePath.Step(attribute_name=step)
            for step in steps
        ]
    )


class Controller(controller_rpc.GRPCControllerServicer):
    """The service through which Terraform's plugin library ends a plugin."""

    def __init__(self, server: grpc.Server) -> None:
        """Control a server."""
        self._server = server

    def Shutdown(self, request: Any, context: Any) -> Any:
        self._server.stop(grace=0)
        return controller.Empty()


def attached(name: str, socket: str) -> str:
    """The environment variable that lets Terraform attach to a running provider."""
    address = {"Network": "unix", "String": socket}
    process = {"Protocol": "grpc", "ProtocolVersion": 6, "Pid": os.getpid(), "Test": True}
    # A name without a registry means the default registry of Terraform or OpenTofu.
    served = {name: {**process, "Addr": address}}
    return f"TF_REATTACH_PROVIDERS='{json.dumps(served)}'"


def started(socket: str) -> str:
    """The handshake: its version, the version of the plugin protocol, and the address."""
    return f"1|6|unix|{socket}|grpc"


def serve(
    provider: Provider,
    handshake: Callable[[str], str],
    answer: TextIO,
    deserted: Callable[[], bool],
) -> NoReturn:
    """Print the handshake, and serve until Terraform ends the provider or has ended itself.

    Args:
        provider: the provider to serve.
        handshake: the handshake for the path of a socket.
        answer: the file to print the handshake to.
        deserted: whether the process that started the provider has ended.
    """
    server = grpc.server(ThreadPoolExecutor(max_workers=8))
    rpc.add_ProviderServicer_to_server(provider, server)
    controller_rpc.add_GRPCControllerServicer_to_server(Controller(server), server)
    with tempfile.TemporaryDirectory() as folder:
        socket = f"{folder}/provider"
        server.add_insecure_port(f"unix:{socket}")
        server.start()
        print(handshake(socket), file=answer, flush=True)
        while server.wait_for_termination(timeout=_LOOK_SECONDS) and not deserted():
            pass
    # Immediately: a paused apply must not continue after Terraform has ended.
    os._exit(0)
