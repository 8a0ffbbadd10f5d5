"""Which class of a Java file is started."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collabpad.runs.java import prepare

MAIN = "public static void main(String[] arguments) { }"


@pytest.mark.parametrize(
    ("source", "started"),
    [
        (f"class Any {{ {MAIN} }}", "Any"),
        (f"record Point(int x) {{ }} class Other {{ {MAIN} }}", "Other"),
        (f"interface Shape {{ void main(); }} class Other {{ {MAIN} }}", "Other"),
        (f"enum Color {{ RED {{ void main() {{ }} }} }} class Other {{ {MAIN} }}", "Other"),
        (f"class Outer {{ static class Inner {{ {MAIN} }} }} class Other {{ {MAIN} }}", "Other"),
        (
            f"package a.b;\nimport c.Class;\n@Given(type = int.class) class It {{ {MAIN} }}",
            "a.b.It",
        ),
        (f"/* class No {{ */ // class No {{\nclass Yes {{ {MAIN} }}", "Yes"),
        (f'class A {{ String s = "}} class B {{ \\" {MAIN}"; }} class C {{ {MAIN} }}', "C"),
        (f'class A {{ String s = """\n "}} \\""" {MAIN} """; }} class C {{ {MAIN} }}', "C"),
        (f"class A {{ char c = '{{', d = '\\''; }} class C {{ {MAIN} }}", "C"),
        ("class A { static final void main(final String... words) { } }", "A"),
        ("class A { void help() { } } class B { void main() { } }", "B"),
        ("void main() { }", "Main"),
        ("class First { } class Second { }", "First"),
        ("", "Main"),
    ],
)
def test_the_class_with_main_is_started(source: str, started: str) -> None:
    prepared, main = prepare(source.encode())
    assert main == started
    assert prepared == source.encode()


def test_public_types_of_the_file_may_have_any_name() -> None:
    source = f'@A("public")\npublic final class A {{ public int x; {MAIN} }}\npublic enum B {{ }}'
    blanked = source.replace("public final", "       final").replace("public enum", "       enum")
    assert prepare(source.encode()) == (blanked.encode(), "A")


WORDS = ["public ", "class ", "record ", "package ", "void ", "main", "A", "."]
SIGNS = ["{", "}", "(", ")", ";", '"', "'", '"""', "/*", "*/", "//", "\\", "\n"]


@given(st.lists(st.sampled_from([*WORDS, *SIGNS]) | st.text(max_size=3)).map("".join))
def test_whatever_is_written_stays_in_its_place(source: str) -> None:
    prepared, main = prepare(source.encode())
    assert prepared.decode().replace("public", "      ") == source.replace("public", "      ")
    assert main
