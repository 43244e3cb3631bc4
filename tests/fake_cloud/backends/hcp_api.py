"""The part of HCP Terraform's API that Terraform uses in local execution.

Source: https://developer.hashicorp.com/terraform/cloud-docs/api-docs
"""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any, Final

PERSON: Final = "person"
"""The token of a user with full access to the organization."""

Answer = Mapping[str, object] | bytes

_SHARING: Final = (
    "https://developer.hashicorp.com/terraform/cloud-docs/workspaces/state"
    "#accessing-state-from-other-workspaces"
)


def run_token(workspace: str) -> str:
    """The token of a run in a workspace."""
    return f"run.{workspace}"


@dataclass
class Workspace:
    """A workspace, with its state versions, the newest last."""

    name: str
    project: str
    locked: bool = False
    versions: list[bytes] = field(default_factory=list)
    consumers: set[str] = field(default_factory=set)
    runs_remotely: bool = False
    terraform_version: str = "latest"

    @property
    def state(self) -> Any:  # noqa: ANN401 - JSON
        """The newest state."""
        return json.loads(self.versions[-1])


@dataclass
class Organization:
    """An organization, and the requests that changed it."""

    projects: list[str] = field(default_factory=lambda: ["Default Project"])
    workspaces: dict[str, Workspace] = field(default_factory=dict)
    writes: list[str] = field(default_factory=list)


@dataclass
class Request:
    """An HTTP request, with the caller's token."""

    method: str
    path: str
    query: Mapping[str, list[str]]
    body: bytes
    token: str
    host: str

    @property
    def data(self) -> Any:  # noqa: ANN401 - JSON
        """The `data` of the JSON body."""
        return json.loads(self.body)["data"]


class RejectedError(Exception):
    """The API answers with an error."""

    def __init__(self, status: HTTPStatus, detail: str = "") -> None:
        """Create an error; Terraform prints its detail."""
        super().__init__(detail)
        self.status = status
        error = {"status": str(int(status)), "title": status.phrase.lower(), "detail": detail}
        self.document = {"errors": [error]}


_Handler = Callable[[Organization, Request, list[str]], Answer]
_ROUTES: Final[list[tuple[str, _Handler]]] = []


def _route(method: str, path: str) -> Callable[[_Handler], _Handler]:
    """Register a handler for requests; it gets the values of the `:name` parts of the path."""
    pattern = re.sub(r":\w+", "([^/]+)", f"{method} {path}")

    def register(handler: _Handler) -> _Handler:
        _ROUTES.append((pattern, handler))
        return handler

    return register


def answer(organization: Organization, request: Request) -> Answer:
    """Handle a request.

    Raises:
        RejectedError: the request fails. The error has the status and body of the response.
    """
    # As in the real API, the URL of a state needs no token: the URL itself is secret.
    public = request.path.startswith("/archivist/")
    if not public and not re.fullmatch(rf"{PERSON}|run\..+", request.token):
        raise RejectedError(HTTPStatus.UNAUTHORIZED)
    if request.method != "GET":
        organization.writes.append(f"{request.method} {request.path}")
    for pattern, handler in _ROUTES:
        if match := re.fullmatch(pattern, f"{request.method} {request.path}"):
            return handler(organization, request, list(match.groups()))
    raise RejectedError(HTTPStatus.NOT_FOUND)


@_route("GET", "/api/v2/ping")
def _ping(*_: object) -> Answer:
    return b""


@_route("GET", "/api/v2/organizations/:name/entitlement-set")
def _entitlements(*_: object) -> Answer:
    return _document("entitlement-sets", "all", {"operations": True, "state-storage": True})


@_route("GET", "/api/v2/organizations/:name/projects")
def _list_projects(organization: Organization, request: Request, _: list[str]) -> Answer:
    wanted = request.query["filter[names]"]
    return {"data": [_project(name) for name in organization.projects if name in wanted]}


@_route("POST", "/api/v2/organizations/:name/projects")
def _make_project(organization: Organization, request: Request, _: list[str]) -> Answer:
    organization.projects.append(request.data["attributes"]["name"])
    return {"data": _project(organization.projects[-1])}


@_route("POST", "/api/v2/organizations/:name/workspaces")
def _make_workspace(organization: Organization, request: Request, _: list[str]) -> Answer:
    attributes, relations = request.data["attributes"], request.data.get("relationships", {})
    project = organization.projects[0]
    if "project" in relations:
        project = relations["project"]["data"]["id"].removeprefix("prj-")
    workspace = Workspace(attributes["name"], project)
    organization.workspaces[workspace.name] = workspace
    return _workspace(workspace)


@_route("GET", "/api/v2/organizations/:name/workspaces")
def _list_workspaces(organization: Organization, request: Request, _: list[str]) -> Answer:
    (part,) = request.query.get("search[name]", [""])
    found = [workspace for name, workspace in organization.workspaces.items() if part in name]
    return {"data": [_workspace(workspace)["data"] for workspace in found]}


@_route("GET", "/api/v2/organizations/:name/workspaces/:workspace")
@_route("PATCH", "/api/v2/organizations/:name/workspaces/:workspace")
def _workspace_by_name(organization: Organization, _: Request, parts: list[str]) -> Answer:
    return _workspace(_find(organization, parts[1]))


@_route("GET", "/api/v2/workspaces/ws-:workspace")
def _workspace_by_id(organization: Organization, _: Request, parts: list[str]) -> Answer:
    return _workspace(_find(organization, parts[0]))


@_route("POST", "/api/v2/workspaces/ws-:workspace/actions/lock")
def _lock(organization: Organization, _: Request, parts: list[str]) -> Answer:
    workspace = _find(organization, parts[0])
    if workspace.locked:
        raise RejectedError(HTTPStatus.CONFLICT, "workspace already locked")
    workspace.locked = True
    return _workspace(workspace)


@_route("POST", "/api/v2/workspaces/ws-:workspace/actions/unlock")
@_route("POST", "/api/v2/workspaces/ws-:workspace/actions/force-unlock")
def _unlock(organization: Organization, _: Request, parts: list[str]) -> Answer:
    workspace = _find(organization, parts[0])
    workspace.locked = False
    return _workspace(workspace)


@_route("POST", "/api/v2/workspaces/ws-:workspace/state-versions")
def _begin_version(organization: Organization, request: Request, parts: list[str]) -> Answer:
    workspace = _find(organization, parts[0])
    if not workspace.locked:
        raise RejectedError(HTTPStatus.CONFLICT, "the workspace is not locked")
    return _version(workspace, len(workspace.versions), request)


@_route("PUT", "/archivist/:workspace/:number")
def _upload(organization: Organization, request: Request, parts: list[str]) -> Answer:
    _find(organization, parts[0]).versions.append(request.body)
    return b""


@_route("PUT", "/archivist/:workspace/:number/json")
def _upload_json(*_: object) -> Answer:
    return b""


@_route("GET", "/archivist/:workspace/:number")
def _download(organization: Organization, _: Request, parts: list[str]) -> Answer:
    return _find(organization, parts[0]).versions[int(parts[1])]


@_route("GET", "/api/v2/state-versions/sv-:workspace\\.:number")
def _read_version(organization: Organization, request: Request, parts: list[str]) -> Answer:
    return _version(_readable(organization, request, parts[0]), int(parts[1]), request)


@_route("GET", "/api/v2/workspaces/ws-:workspace/current-state-version")
def _current_version(organization: Organization, request: Request, parts: list[str]) -> Answer:
    workspace = _readable(organization, request, parts[0])
    return _version(workspace, len(workspace.versions) - 1, request)


@_route("GET", "/api/v2/workspaces/ws-:workspace/current-state-version-outputs")
def _outputs(organization: Organization, request: Request, parts: list[str]) -> Answer:
    workspace = _readable(organization, request, parts[0])
    return {"data": [_output(workspace, name) for name in workspace.state["outputs"]]}


@_route("GET", "/api/v2/state-version-outputs/wsout-:workspace\\.:output")
def _one_output(organization: Organization, request: Request, parts: list[str]) -> Answer:
    workspace = _readable(organization, request, parts[0])
    return {"data": _output(workspace, parts[1], in_clear=True)}


def _find(organization: Organization, name: str) -> Workspace:
    try:
        return organization.workspaces[name]
    except KeyError:
        raise RejectedError(HTTPStatus.NOT_FOUND) from None


def _readable(organization: Organization, request: Request, name: str) -> Workspace:
    """A workspace with a state that the caller may read.

    A run may read the state of its own workspace, and of workspaces that share their state with it.
    For any other workspace, HCP Terraform returns the error below, as quoted in users' posts.
    """
    workspace = _find(organization, name)
    kind, _, caller = request.token.partition(".")
    if kind == "run" and caller not in {name, *workspace.consumers}:
        raise RejectedError(
            HTTPStatus.FORBIDDEN,
            f"This Terraform run is not authorized to read the state of the workspace '{name}'.\n"
            "Most commonly, this is required when using the terraform_remote_state data source.\n"
            f"To allow this access, '{name}' must configure this workspace ('{caller}')\n"
            f"as an authorized remote state consumer. For more information, see:\n{_SHARING}.",
        )
    if not workspace.versions:
        raise RejectedError(HTTPStatus.NOT_FOUND)
    return workspace


def _document(kind: str, identifier: str, attributes: Mapping[str, object]) -> Mapping[str, object]:
    return {"data": {"type": kind, "id": identifier, "attributes": attributes}}


def _project(name: str) -> Mapping[str, object]:
    return {"type": "projects", "id": f"prj-{name}", "attributes": {"name": name}}


def _workspace(workspace: Workspace) -> Mapping[str, object]:
    attributes = {
        "name": workspace.name,
        "execution-mode": "remote" if workspace.runs_remotely else "local",
        "operations": workspace.runs_remotely,
        "locked": workspace.locked,
        "terraform-version": workspace.terraform_version,
    }
    return _document("workspaces", f"ws-{workspace.name}", attributes)


def _version(workspace: Workspace, number: int, request: Request) -> Answer:
    url = f"{request.host}/archivist/{workspace.name}/{number}"
    attributes = {
        "status": "finalized" if number < len(workspace.versions) else "pending",
        "hosted-state-download-url": url,
        "hosted-state-upload-url": url,
        "hosted-json-state-upload-url": f"{url}/json",
    }
    return _document("state-versions", f"sv-{workspace.name}.{number}", attributes)


def _output(workspace: Workspace, name: str, *, in_clear: bool = False) -> Mapping[str, object]:
    """An output. Only a request for this one output returns the value of a sensitive one."""
    output = workspace.state["outputs"][name]
    sensitive = output.get("sensitive", False)
    attributes = {
        "name": name,
        "sensitive": sensitive,
        "type": output["type"] if isinstance(output["type"], str) else "object",
        "detailed-type": output["type"],
        "value": None if sensitive and not in_clear else output["value"],
    }
    identifier = f"wsout-{workspace.name}.{name}"
    return {"type": "state-version-outputs", "id": identifier, "attributes": attributes}
