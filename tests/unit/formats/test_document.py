"""YAML with positions: texts as written, lines as an editor counts them, and nothing that unfolds."""

import pytest
import yaml

from openqi.formats.document import MAX_BYTES, MAX_DEPTH, MAX_NODES, Node, parse_yaml
from openqi.kernel.errors import FormatError

WORKSPACE = b"""# a comment
name: Linyi line 3
requirements:
  capacity: {lower: 2.0350, upper: ~}
  thickness:
    upper: 1.0

    unit: mm
  steps:
    - name: weigh
      needs: [no, 2026-01-01, 0o17, 1e3]
    - "quoted": ''
  empty:
note: |
  two
  lines
"""


@pytest.fixture(params=["C parser", "Python parser"])
def parser(request, monkeypatch):
    if request.param == "Python parser":
        monkeypatch.setattr(yaml, "__with_libyaml__", False)
    elif not yaml.__with_libyaml__:
        pytest.skip("PyYAML is installed without its C parser")


def root(text: bytes = WORKSPACE) -> Node:
    return parse_yaml(text, name="openqi.yaml")


def refused(text: bytes, message: str) -> None:
    with pytest.raises(FormatError, match=message):
        root(text)


def test_every_scalar_is_the_text_that_was_written(parser):
    requirements = root().need("requirements")
    capacity = requirements.need("capacity")
    assert (capacity.need("lower").text(), capacity.need("upper").text()) == ("2.0350", "~")
    steps = requirements.need("steps").elements()
    assert steps[0].need("needs").texts() == ("no", "2026-01-01", "0o17", "1e3")
    assert steps[1].need("quoted").text() == "", "what is quoted is given, even when it is empty"
    assert root().need("note").text() == "two\nlines\n"


def test_a_node_knows_the_line_of_its_name_and_where_it_stands(parser):
    requirements = root().need("requirements")
    found = {node.path: node.line for _, node in requirements.items()}
    assert found == {
        "requirements.capacity": 4, "requirements.thickness": 5, "requirements.steps": 9, "requirements.empty": 13,
    }  # fmt: skip
    assert (requirements.line, requirements.need("thickness").need("unit").line) == (3, 8)
    step = requirements.need("steps").elements()[1]
    assert (step.path, step.line) == ("requirements.steps[2]", 12)
    assert step.need("quoted").path == "requirements.steps[2].quoted"
    assert (root().path, root(b"- a\n- b\n").elements()[1].path) == ("", "[2]")


def test_lines_are_counted_as_editors_count_them(parser):
    for ending in (b"\n", b"\r\n", b"\r"):
        assert root(b"\xef\xbb\xbfa: 1" + ending + b"b: 2" + ending).need("b").line == 2


def test_a_missing_member_is_named_with_its_file_line_and_path():
    with pytest.raises(FormatError, match=r"^openqi\.yaml:4: requirements\.capacity: 'middle' is missing; add middle: …$"):
        root().need("requirements").need("capacity").need("middle")
    with pytest.raises(FormatError, match=r"^openqi\.yaml:2: 'nam' is missing; did you write 'name' for it\?"):
        root().need("nam")
    assert root().get("nam") is None


def test_a_name_without_a_value_is_not_given_and_raises_only_when_it_is_used(parser):
    requirements = root().need("requirements")
    empty = requirements.get("empty")
    assert empty is not None
    assert empty.kind == "nothing"
    for use in (empty.text, empty.texts, empty.items, empty.elements, lambda: empty.get("x"), lambda: requirements.need("empty")):
        with pytest.raises(FormatError, match=r"openqi\.yaml:13: requirements\.empty: nothing is written"):
            use()


def test_an_unknown_member_is_refused_with_the_name_that_is_near():
    capacity = root().need("requirements").need("capacity")
    capacity.allow({"lower", "upper", "unit"})
    with pytest.raises(
        FormatError, match=r"openqi.yaml:4: requirements.capacity: 'lower' is not known here; did you mean 'lowest'"
    ):
        capacity.allow({"lowest", "upper"})
    with pytest.raises(FormatError, match=r"'lower' is not known here; Known: unit, upper"):
        capacity.allow({"unit", "upper"})


def test_one_kind_is_never_taken_for_another():
    whole = root()
    for use, message in (
        (whole.text, "members are written here; write one text"),
        (whole.elements, "members are written here; write a list"),
        (whole.need("name").texts, "the text 'Linyi line 3' is written here; write a list"),
        (whole.need("name").items, "write members, `name: value`"),
        (whole.need("requirements").need("steps").text, "requirements.steps: a list is written here; write one text"),
    ):
        with pytest.raises(FormatError, match=message):
            use()
    assert str(whole.need("name").error("too long")) == "openqi.yaml:2: name: too long"
    assert str(whole.error("too long")) == "openqi.yaml:2: too long"


def test_an_empty_file_is_nothing(parser):
    for text in (b"", b"# only a comment\n", b"---\n"):
        assert root(text).kind == "nothing"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (b"a: &x 1\nb: 2", ":1: anchors"),
        (b"a: 1\nb: *x", ":2: anchors"),
        (b"a: &x\n  b: 1", ":1: anchors"),
        (b"a: !!python/object:os.system x", ":1: the tag"),
        (b"a: ! x", ":1: the tag"),
        (b"!!map\na: 1", ":1: the tag"),
        (b"a: !local [1]", ":1: the tag"),
        (b"a: 1\nb: 2\na: 3", ":3: 'a' stands here twice, first in line 1"),
        (b"{a: 1, 'a': 2}", ":1: 'a' stands here twice"),
        (b"a\n--- \nb", ":2: one document"),
        (b"%YAML 1.1\n---\na", ":[12]: one document without directives"),
        (b"%TAG ! tag:a,2000:\n---\na", ":[12]: one document without directives"),
        (b"? [a]\n: b", ":1: a name must be a text"),
        (b"? {a: b}\n: b", ":1: a name must be a text"),
        (b"'': b", ":1: a name has 1 to 200"),
        (b"a" * 201 + b": b", ":1: a name has 1 to 200"),
        (b"a: 1\n\tb: 2", ":2: not YAML: .*not tabs"),
        (b"a: 1\nb: @c", ":2: not YAML: .*quotes"),
        (b"x: y\na: 'b\n", r":3: not YAML: .*\(begun in line 2\)"),
        (b"a:\n  - 1\n b: 2\n", ":3: not YAML"),
        (b"a: 1\nb: \xff", ":2: byte 8 is not UTF-8"),
        (b"a: 1\r\nb: \x00", r":2: the character U\+0000"),
        ("a: \u2028b".encode(), r":1: the character U\+2028"),
        ("a: \u0085b".encode(), r":1: the character U\+0085"),
        ("a: b\ufeff".encode(), r":1: the character U\+FEFF"),
    ],
)
def test_what_could_mean_more_than_it_says_is_refused_with_its_line(parser, text, message):
    refused(text, "^openqi.yaml" + message)


def test_what_is_too_large_is_refused(parser):
    refused(b"a" * (MAX_BYTES + 1), "at most")
    root(b"[" * MAX_DEPTH + b"]" * MAX_DEPTH)
    refused(b"[" * (MAX_DEPTH + 1), "nested deeper")
    refused(b"{a: " * (MAX_DEPTH + 1), "nested deeper")


def test_too_many_values_are_refused():
    refused(b"[" + b"a," * (MAX_NODES + 1) + b"]", "more than 200000 values")


def test_an_error_of_the_parser_without_a_place_is_ours_too(monkeypatch):
    def fails(*_, **__):
        raise yaml.YAMLError("no place")

    monkeypatch.setattr(yaml, "parse", fails)
    refused(b"a", "openqi.yaml:1: not YAML: no place")
    monkeypatch.setattr(yaml, "parse", lambda *_, **__: (_ for _ in ()).throw(yaml.MarkedYAMLError(problem="nowhere")))
    refused(b"a", "openqi.yaml:1: not YAML: nowhere")
