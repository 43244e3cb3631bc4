"""The providers' schema, read from the pinned bindings themselves.

The bindings are generated from the schema. Their jsii bundle carries the generated TypeScript
(as `sourcesContent` of its source maps), where every attribute has one line that says whether it is
computed, optional or required, and a getter that says its type. So what Terraform validates
against is what the bindings were made for, whatever version is pinned.

The blocks in a provider's own block have no getters; what turns one into Terraform's JSON names its
attributes and their types.
"""

import base64
import json
import re
import tarfile
from dataclasses import dataclass
from functools import cached_property
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

Block = dict[str, Any]
"""`{"attributes": {name: {"type": …, "flags": […]}}, "blocks": {name: {"nesting": …, …}}}`.

Types are written as Terraform writes them in JSON: `"string"`, `["set", "string"]`.
"""

_FORMAT: Final = 3
"""Part of the cache's key: raise it when what this file writes changes."""


@dataclass(frozen=True)
class Bindings:
    """Where a provider's bindings are, and which of its types the stand-in serves."""

    package: str
    source: str
    version: str
    resources: tuple[str, ...]
    data_sources: tuple[str, ...] = ()


PROVIDERS: Final = {
    "google": Bindings(
        package="cdktf_cdktf_provider_google",
        source="hashicorp/google",
        version="6.50.0",
        resources=(
            "google_compute_address",
            "google_compute_firewall",
            "google_compute_network",
            "google_compute_router",
            "google_compute_router_nat",
            "google_compute_subnetwork",
            "google_container_cluster",
            "google_container_node_pool",
            "google_dns_managed_zone",
            "google_dns_record_set",
            "google_project_iam_member",
            "google_project_service",
            "google_service_account",
            "google_vpc_access_connector",
        ),
        data_sources=("google_client_config", "google_container_cluster"),
    ),
    "kubernetes": Bindings(
        package="cdktf_cdktf_provider_kubernetes",
        source="hashicorp/kubernetes",
        version="2.38.0",
        resources=("kubernetes_service_v1",),
    ),
}

_NAMED: Final = re.compile(
    r"^  // (?P<name>\w+) - computed: (?P<computed>\w+), optional: (?P<optional>\w+),"
    r" required: (?P<required>\w+)\n(?P<code>(?:  .*\n)+)",
    re.MULTILINE,
)
_CLASS: Final = re.compile(
    r"^export class (?P<name>\w+) extends cdktf\.(?P<base>\w+) \{(?P<body>.*?)^\}",
    re.MULTILINE | re.DOTALL,
)
_NESTED: Final = re.compile(r"private _\w+ = new (?P<name>[\w.]+)\(this, \"\w+\"(?P<set>, true)?")
_GETTER: Final = re.compile(
    r"return (?P<set>cdktf\.Fn\.tolist\()?this\.get(?P<type>\w+)Attribute\("
)
_FIELD: Final = re.compile(
    r"private _\w+\?: (?P<type>[^;|]+?)(?: \| cdktf\.IResolvable)?; ?$", re.MULTILINE
)
_RENDERED: Final = re.compile(
    r"^    (?P<name>\w+): cdktf\.(?:(?P<many>list|hash)Mapper\(cdktf\.)?(?P<type>\w+)ToTerraform",
    re.MULTILINE,
)

_GETTER_TYPES: Final[dict[str, Any]] = {
    "String": "string",
    "Number": "number",
    "Boolean": "bool",
    "List": ["list", "string"],
    "NumberList": ["list", "number"],
    "StringMap": ["map", "string"],
}
_FIELD_TYPES: Final[dict[str, Any]] = {
    "string": "string",
    "number": "number",
    "boolean": "bool",
    "string[]": ["list", "string"],
    "{ [key: string]: string }": ["map", "string"],
}


def schema(cache: Path) -> Path:
    """The JSON file that holds every provider's schema, made on the first call.

    Args:
        cache: the folder that keeps it; unpacking the bundles takes seconds.
    """
    versions = [f"{name}-{version(one.package)}" for name, one in PROVIDERS.items()]
    path = cache / f"schema-{_FORMAT}-{'-'.join(versions)}.json"
    if not path.exists():
        cache.mkdir(parents=True, exist_ok=True)
        written = path.with_suffix(".new")
        text = json.dumps({name: _provider(one) for name, one in PROVIDERS.items()}, indent=1)
        written.write_text(text, encoding="utf-8")
        written.rename(path)
    return path


def _provider(bindings: Bindings) -> dict[str, Any]:
    sources = _sources(bindings)
    return {
        "provider": sources["provider"].block(),
        "resources": {name: sources[name].block() for name in bindings.resources},
        "data": {name: sources[f"data_{name}"].block() for name in bindings.data_sources},
    }


def _sources(bindings: Bindings) -> dict[str, "_Module"]:
    """The TypeScript of the modules in use, by the type's name."""
    prefix = f"{bindings.package.rpartition('_')[2]}_"
    wanted = {"provider": "provider"}
    wanted |= {_folder(name.removeprefix(prefix)): name for name in bindings.resources}
    wanted |= {f"data-{_folder(name)}": f"data_{name}" for name in bindings.data_sources}
    texts: dict[str, list[str]] = {name: [] for name in wanted.values()}
    with tarfile.open(_bundle(bindings.package), "r:gz") as bundle:
        for member in bundle:
            parts = Path(member.name).parts
            if member.name.endswith(".js") and parts[1] == "lib" and parts[2] in wanted:
                script = bundle.extractfile(member)
                assert script
                texts[wanted[parts[2]]].append(_typescript(script.read().decode()))
    return {name: _Module("\n".join(parts)) for name, parts in texts.items()}


def _folder(name: str) -> str:
    return name.replace("_", "-")


def _bundle(package: str) -> Path:
    spec = find_spec(package)
    assert spec
    assert spec.origin
    (bundle,) = (Path(spec.origin).parent / "_jsii").glob("*.jsii.tgz")
    return bundle


def _typescript(script: str) -> str:
    source_map = json.loads(base64.b64decode(script.rpartition("base64,")[2]))
    text: str = source_map["sourcesContent"][0]
    return text


class _Module:
    """One module of the bindings: the classes of one resource, data source or provider."""

    def __init__(self, text: str) -> None:
        self._text = text

    @cached_property
    def _classes(self) -> dict[str, re.Match[str]]:
        return {one["name"]: one for one in _CLASS.finditer(self._text)}

    def block(self) -> Block:
        """The block of the resource, data source or provider itself."""
        (main,) = (one for one in self._classes.values() if one["base"].startswith("Terraform"))
        return self._block(main["body"])

    def _block(self, body: str) -> Block:
        block: Block = {"attributes": {}, "blocks": {}}
        for one in _NAMED.finditer(body):
            flags = [flag for flag in ("computed", "optional", "required") if one[flag] == "true"]
            nested = _NESTED.search(one["code"])
            if nested and not nested["name"].endswith("Map") and "computed" not in flags:
                block["blocks"][one["name"]] = self._nested(nested, flags)
            elif rendered := self._rendered(one["code"]):
                block["blocks"][one["name"]] = rendered
            elif type_ := self._type(one["code"], nested):
                block["attributes"][one["name"]] = {"type": type_, "flags": flags}
        return block

    def _nested(self, nested: re.Match[str], flags: list[str]) -> Block:
        element, is_list = self._element(nested)
        limits = {"min": int("required" in flags), "max": 0 if is_list else 1}
        if "terraformAttribute, false)" in element["body"]:
            # `timeouts`, the only block that is not a list or a set.
            return {"nesting": "single", "min": 0, "max": 0, "block": self._block(element["body"])}
        nesting = "set" if nested["set"] else "list"
        return {"nesting": nesting, **limits, "block": self._block(element["body"])}

    def _rendered(self, code: str) -> Block | None:
        """A block of a provider, None where the code is of something else."""
        field = _FIELD.search(code)
        name = field["type"].removesuffix("[]") if field else ""
        function = re.search(
            rf"function {name[:1].lower()}{name[1:]}ToTerraform\(.*?^  return \{{(.*?)^  \}}",
            self._text,
            re.MULTILINE | re.DOTALL,
        )
        if not (name and function):
            return None
        attributes = {}
        for one in _RENDERED.finditer(function[1]):
            type_ = _FIELD_TYPES[one["type"]]
            many = {"list": ["list", type_], "hash": ["map", type_], None: type_}[one["many"]]
            attributes[one["name"]] = {"type": many, "flags": ["optional"]}
        inner: Block = {"attributes": attributes, "blocks": {}}
        return {"nesting": "list", "min": 0, "max": 1, "block": inner}

    def _element(self, nested: re.Match[str]) -> tuple[re.Match[str], bool]:
        """The class of one element, and whether there may be several."""
        name = nested["name"].rpartition(".")[2]
        is_list = name.endswith("List")
        return self._classes[name.removesuffix("List") + "OutputReference" * is_list], is_list

    def _type(self, code: str, nested: re.Match[str] | None) -> Any:  # noqa: ANN401 - JSON
        if nested and nested["name"].endswith("Map"):
            return ["map", "string"]
        if nested:
            element, _ = self._element(nested)
            attributes = self._block(element["body"])["attributes"]
            members = {name: attribute["type"] for name, attribute in attributes.items()}
            return ["set" if nested["set"] else "list", ["object", members]]
        if getter := _GETTER.search(code):
            type_ = _GETTER_TYPES[getter["type"]]
            return ["set", type_[1]] if getter["set"] else type_
        field = _FIELD.search(code)
        return field and _FIELD_TYPES.get(field["type"])
