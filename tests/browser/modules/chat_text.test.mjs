import assert from "node:assert/strict";
import { test } from "node:test";
import { partsOf } from "../../../collabpad/static/js/chat_text.js";

function written(parts) {
    return parts.map((part) => (part.opens ?? "") + part.text + (part.closes ?? "")).join("");
}

function links(message) {
    return partsOf(message)
        .filter(({ kind }) => kind === "link")
        .map(({ text }) => text);
}

function codes(message) {
    return partsOf(message)
        .filter(({ kind }) => kind === "code")
        .map(({ text, block }) => (block ? [text] : text));
}

test("backticks make code, as in Markdown", () => {
    for (const [message, expected] of [
        ["use `map` and `filter`", ["map", "filter"]],
        ["``a ` b``", ["a ` b"]],
        ["`` `x` ``", ["`x`"]],
        ["one ` alone", []],
        ["```not closed", []],
        ["``two` one", []],
        ["```\nx = 1\ny = 2\n```", [["x = 1\ny = 2"]]],
        ["see ```py\nx\n``` there", [["x"]]],
        ["```inline```", ["inline"]],
        ["` `", [" "]],
        ["`https://a.example`", ["https://a.example"]],
    ]) {
        assert.deepEqual(codes(message), expected, message);
    }
});

test("links are http and https alone, without what ends the sentence", () => {
    for (const [message, expected] of [
        ["see https://a.example/b?c=1&d#e.", ["https://a.example/b?c=1&d#e"]],
        ["(http://a.example)", ["http://a.example"]],
        ["https://a.example/x_(y), and", ["https://a.example/x_(y)"]],
        ["https://a.example/x)).", ["https://a.example/x"]],
        ["http://192.168.0.7:5000/editor/abc!", ["http://192.168.0.7:5000/editor/abc"]],
        ["HTTPS://A.EXAMPLE", ["HTTPS://A.EXAMPLE"]],
        ["http://[::1]:5000/", ["http://[::1]:5000/"]],
        ["https://\u4f8b\u3048.example/\u00fc", ["https://\u4f8b\u3048.example/\u00fc"]],
        ['<https://a.example>"http://b.example"', ["https://a.example", "http://b.example"]],
        ["javascript:alert(1) data:text/html,x file:///etc ftp://a.example", []],
        ["javascript://https://a.example", ["https://a.example"]],
        ["https://bank.example@evil.example/", []],
        ["https:// http://. https://:80", []],
        ["https://a.example/\u202egpj.exe", ["https://a.example/"]],
        ["https://a.\u200bexample", ["https://a"]],
        ["xhttps://a.example", []],
    ]) {
        assert.deepEqual(links(message), expected, message);
    }
});

test("hosts that begin with www are links too, by plain HTTP", () => {
    for (const [message, expected] of [
        ["see www.example.org.", [["www.example.org", "http://www.example.org"]]],
        ["(WWW.a.example/b?c)", [["WWW.a.example/b?c", "http://WWW.a.example/b?c"]]],
        ["https://www.a.example/", [["https://www.a.example/", "https://www.a.example/"]]],
        ["www.bank.example@evil.example www. www.. www", []],
        ["me@www.a.example awww.a.example a.www.b.example", []],
        ["javascript://www.a.example x:www.a.example", []],
        ["https://bank.example@www.evil.example/", []],
        ["\u202ewww.a.example \u200bwww.b.example", []],
    ]) {
        const found = partsOf(message).filter(({ kind }) => kind === "link");
        assert.deepEqual(
            found.map(({ text, href }) => [text, href]),
            expected,
            message,
        );
    }
});

test("nothing that is written is lost, whatever it is", () => {
    const pieces = ["`", "``", "```", "\n", " ", "x", "https://a.example", "www.a.example", ")", "(", ".", "py", "😀"];
    let seed = 7;
    const random = (most) => {
        seed = (seed * 16807) % 2147483647;
        return seed % most;
    };
    for (let turn = 0; turn < 3000; turn += 1) {
        const message = Array.from({ length: random(14) }, () => pieces[random(pieces.length)]).join("");
        assert.equal(written(partsOf(message)), message);
    }
});

test("what is made to be slow is not", { timeout: 20_000 }, () => {
    const runs = Array.from({ length: 80 }, (_, at) => "`".repeat(at + 1)).join(" ");
    for (const piece of ["` `` ", "(", ")", "https://a)", "www.a", "` a", "`` ` ", "http://", "._~", " "]) {
        const message = piece.repeat(4000 / piece.length);
        for (let turn = 0; turn < 5; turn += 1) partsOf(message + runs);
    }
});
