"""Any app.yaml is changed right, or rejected and left unchanged; `--check` predicts which."""

import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from tests.operations.app_yaml.files import CONNECTOR, IN_BRACES, LINES, Put, identity

SECTION = "vpc_access_connector"
WANTED = {"name": CONNECTOR, "egress_setting": "private-ranges-only"}
BLOCKS = (
    "# A comment: 'é'.",
    "",
    "   ",
    "service: shop  ",
    '"service": "shop"',
    "? service # why\n: shop",
    "handlers:\n- url: /.*  # all\n  script: auto",
    "env_variables: {A: 'b # c', C: [d]}",
    "env_variables:\n    A: 1e5\n    B: 010",
    f"description: |\n  {SECTION}:\n    name: in a text\n",
    f'description: "a\n  {SECTION}: b\n  c"',
    "description: >+\n  kept\n\n",
    "description: |-\n  stripped",
    "vpc_access:",
    "env_variables: &a {A: b}",
    "description: !!str 1",
)
SECTIONS = (
    *[""] * 4,
    LINES,
    LINES.replace("private-connector", "other"),
    LINES.replace("private-ranges-only", "all-traffic"),
    f'"{SECTION}" :\n    # ours\n    name: "{CONNECTOR}" # since May\n\n',
    f"{SECTION}: # egress\n  egress_setting: 'private-ranges-only'\n# below\n",
    f"{IN_BRACES} # why\n",
    f"{SECTION}: {{ # a\n  name: {CONNECTOR}, # b\n  egress_setting: # c\n    all-traffic }}\n",
    f"{SECTION}: # later\n",
    f"{SECTION}: ~\n",
    f"{SECTION}: {{}}\n",
    f"{SECTION}: other\n",
    f"{SECTION}: [other]\n",
    f"? {SECTION}\n: name: other\n",
    f"{SECTION}: !!map\n  name: >-\n    {CONNECTOR}\n",
    f"{SECTION}:\n  name: other\n  extra: [a, # b\n    c]\n",
    f"{LINES}{SECTION}:\n",
)
IN_ONE_LINE = (
    "service: shop",
    '"description":"a, b"',
    "env_variables: {A: b}",
    "zones: [a, b]",
    "b",
)


@dataclass(frozen=True, kw_only=True)
class Generated:
    """An app.yaml: what precedes the section, the section, and what follows."""

    before: bytes
    section: bytes
    after: bytes

    @property
    def content(self) -> bytes:
        """The whole file."""
        return self.before + self.section + self.after


@st.composite
def in_blocks(draw: st.DrawFn) -> Generated:
    """An app.yaml in block style."""
    newline = draw(st.sampled_from(["\n", "\r\n", "\r"]))
    margin = draw(st.sampled_from(["", "", "  "]))
    start = draw(st.sampled_from(["", "", "\ufeff", "---\n", "%YAML 1.1\n--- !!map\n", "# Top.\n"]))
    blocks = draw(st.lists(st.sampled_from(BLOCKS), unique=True, max_size=4))
    blocks.insert(draw(st.integers(0, len(blocks))), "runtime: go122")
    place = draw(st.integers(0, len(blocks)))
    end = draw(st.sampled_from(["", "", "# The end.", "...\n", "  ", "\n\n"]))
    shortened = draw(st.booleans())

    def encoded(text: str) -> bytes:
        lines = text.splitlines(keepends=True)
        return "".join(margin + line for line in lines).replace("\n", newline).encode()

    before = "".join(f"{block}\n" for block in blocks[:place])
    after = "".join(f"{block}\n" for block in blocks[place:])
    last = encoded(after) + end.replace("\n", newline).encode()
    return Generated(
        before=start.replace("\n", newline).encode() + encoded(before),
        section=encoded(draw(st.sampled_from(SECTIONS))),
        after=last.rstrip(b"\r\n") if shortened and after else last,
    )


@st.composite
def in_braces(draw: st.DrawFn) -> Generated:
    """An app.yaml in flow style."""
    between = draw(st.sampled_from([",", ", ", ",\n  ", " , # c\n"]))
    pairs = draw(st.lists(st.sampled_from(IN_ONE_LINE), unique=True))
    sections = [section.removesuffix("\n") for section in SECTIONS if section.startswith(SECTION)]
    section = draw(st.sampled_from(["", *sections]))
    pairs.insert(draw(st.integers(0, len(pairs))), "runtime: go122")
    pairs.insert(draw(st.integers(0, len(pairs))), section)
    start, end = draw(st.sampled_from([("{", "}"), ("{ ", ",}\n"), ("--- {\n", "\n} # c\n")]))
    text = start + between.join(pair for pair in pairs if pair) + end
    return Generated(before=text.encode(), section=b"", after=b"")


@given(
    file=st.one_of(in_blocks(), in_blocks(), in_braces()),
    options=st.sets(st.sampled_from(["--remove", "--force"])),
)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
def test_any_file_is_changed_right_or_rejected_and_left_unchanged(
    file: Generated,
    options: set[str],
    app: Path,
    put: Put,
) -> None:
    remove = "--remove" in options
    app.write_bytes(file.content)
    before = identity(app)
    predicted = put("--check", *options)
    assert identity(app) == before, "--check wrote"
    status = put(*options)
    result = app.read_bytes()
    if result == file.content:
        assert status == predicted
        assert identity(app) == before, "it was written again"
    else:
        assert (status, predicted) == (0, 2)
        assert loaded(result) == expected(loaded(file.content), remove=remove)
        assert_the_rest_stays(file, result)
    if status == 0:
        assert put("--check", *options) == put(*options) == 0
        assert app.read_bytes() == result
    if status == 0 and not remove and SECTION not in (loaded(file.content) or {}):
        assert put("--remove") == 0
        assert app.read_bytes() == file.content


def loaded(content: bytes) -> Mapping[str, object] | None:
    """The content as YAML 1.1, or None if it is no mapping."""
    yaml = YAML(typ="safe", pure=True)
    yaml.version = (1, 1)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about numbers such as 1e5
        try:
            content_ = yaml.load(content.decode())
        except YAMLError:
            return None
    return content_ if isinstance(content_, dict) else None


def expected(before: Mapping[str, object] | None, *, remove: bool) -> Mapping[str, object]:
    """What a changed file contains."""
    assert before is not None, "a file that is not YAML was changed"
    rest = {key: value for key, value in before.items() if key != SECTION}
    section = before.get(SECTION)
    return (
        rest
        if remove
        else {**rest, SECTION: {**(section if isinstance(section, dict) else {}), **WANTED}}
    )


def assert_the_rest_stays(file: Generated, result: bytes) -> None:
    """Only lines of the section differ, and its comments stay."""
    if file.section:
        assert result.startswith(file.before)
        assert result.endswith(file.after)
        comments = [line[line.index(b"#") :] for line in file.section.splitlines() if b"#" in line]
        own = result[len(file.before) : len(result) - len(file.after)]
        assert all(comment in own for comment in comments)
    elif SECTION not in (loaded(file.content) or {}):
        added = len(result) - len(file.content)
        assert any(
            result[:place] + result[place + added :] == file.content
            for place in range(len(file.content) + 1)
        )
