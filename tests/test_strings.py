"""Every string that people read is in one of two tables, so that a translator needs no other file:
`static/js/strings.js` for scripts, `web/strings.py` for templates."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent / "collabpad"
TEMPLATES = sorted((PACKAGE / "templates").glob("*.html"))
NOT_ENGLISH = {"keywords.js"}  # but programming languages
MODULES = [
    path
    for path in sorted((PACKAGE / "static" / "js").glob("*.js"))
    if path.name not in {"strings.js", *NOT_ENGLISH}
]

READ_ALOUD = "aria-label|aria-roledescription|aria-valuetext|title|placeholder|alt"
NAMES = {"collabpad", "collabpad serve", "collabpad new-session"}
JINJA = re.compile(r"\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\}", re.DOTALL)
CLASS_OF_THE_BODY = re.compile(r"\{% block page %\}.*?\{% endblock %\}")
UNREAD = re.compile(r"<(script|style)\b.*?</\1>|<!--.*?-->", re.DOTALL)


def words_in_template(source: str) -> list[str]:
    """What it shows or says in words of its own."""
    shown = UNREAD.sub("", CLASS_OF_THE_BODY.sub("", source))
    in_jinja = [
        literal
        for expression in re.findall(r"\{\{(.*?)\}\}", re.sub(r"<[^>]*>", "", shown), re.DOTALL)
        for literal in re.findall(r"""["']([^"']*)["']""", expression)
    ]
    plain = JINJA.sub("\0", shown)
    attributes = re.findall(rf'\s(?:{READ_ALOUD})="([^"]*)"', plain)
    texts = re.sub(r"<[^>]*>", "\0", plain).split("\0")
    found = [text.strip(" \n·") for text in [*attributes, *texts, *in_jinja]]
    return [text for text in found if re.search(r"[^\W\d_]{2}", text) and text not in NAMES]


COMMENT = re.compile(r"/\*.*?\*/|^\s*//[^\n]*", re.DOTALL | re.MULTILINE)
THROWN = re.compile(r"new (?:Type|Range)?Error\([^;]*\);")
LITERAL = re.compile(r'"((?:[^"\\\n]|\\.)*)"|`((?:[^`\\]|\\.)*)`')
SENTENCE = re.compile(r"^[A-Z][\w’']*,? [^<>{}=]*[a-z]|[a-z] [a-z’]+[^=:;{}]*[.!?…]$")
SHOWN = re.compile(
    rf"""(?:\b(?:text|label|textContent|title|placeholder|alt)|"(?:{READ_ALOUD})")"""
    r"""\s*[:=]\s*["`]([^"`$]*[A-Za-z]{2}[^"`$]*)["`](?!\s+in\b)"""
)


def words_in_module(source: str) -> list[str]:
    """What looks like a sentence, or is put where people read; errors are for developers."""
    code = THROWN.sub("", COMMENT.sub("", source))
    literals = ["".join(pair) for pair in LITERAL.findall(code)]
    return [text for text in literals if SENTENCE.search(text)] + SHOWN.findall(code)


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_templates_take_their_words_from_the_table(path: Path) -> None:
    assert words_in_template(path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.name)
def test_scripts_take_their_words_from_the_table(path: Path) -> None:
    assert words_in_module(path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    "source",
    [
        "<p>Good morning</p>",
        '<button aria-label="Close"></button>',
        '<input placeholder="{{ x }} or more">',
        "{{ name or 'Somebody' }}",
        "{% if a %}on{% else %}off{% endif %}",
    ],
)
def test_a_word_in_a_template_would_be_found(source: str) -> None:
    assert words_in_template(source)


@pytest.mark.parametrize(
    "source",
    [
        'notices.show("That did not work");',
        "say(`Line ${line} is wrong.`);",
        'element("button", { text: "Close" });',
        'button.title = "Close";',
        'field.setAttribute("x", y); const z = { "aria-label": "Close" };',
    ],
)
def test_a_word_in_a_script_would_be_found(source: str) -> None:
    assert words_in_module(source)


def test_every_string_of_the_templates_is_used() -> None:
    from collabpad.web.strings import STRINGS

    used = "".join(path.read_text(encoding="utf-8") for path in TEMPLATES)
    names = [
        f"t.{section}.{name}"
        for section, strings in vars(STRINGS).items()
        for name in vars(strings)
    ]
    assert [name for name in names if not re.search(rf"\b{re.escape(name)}\b", used)] == []
