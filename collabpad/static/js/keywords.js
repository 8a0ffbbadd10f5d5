import { completeFromList, ifNotIn } from "../vendor/assistance.js";
import { EditorState } from "../vendor/editor.js";

/** Keywords of the modes of languages.js whose CodeMirror packages complete none, or lack some. */

const JAVASCRIPT = "async await catch debugger else get null of set undefined void with";

const C =
  "auto break case char const continue default do double else enum extern float for goto if inline " +
  "int long register restrict return short signed sizeof static struct switch typedef union " +
  "unsigned void volatile while bool true false nullptr NULL define include ifdef ifndef endif";

const WORDS = Object.freeze({
  python:
    "and as assert async await break case continue del elif else except finally from global in is " +
    "lambda match nonlocal not or pass raise return with yield",
  javascript: JAVASCRIPT,
  go:
    "any append bool byte error float32 float64 int int32 int64 len make panic print println rune " +
    "string uint8 uint64",
  typescript: JAVASCRIPT + " as is keyof never readonly satisfies unknown",
  c: C,
  cpp:
    C +
    " alignas alignof asm catch class concept consteval constexpr constinit const_cast co_await " +
    "co_return co_yield decltype delete dynamic_cast explicit export final friend mutable namespace " +
    "new noexcept operator override private protected public reinterpret_cast requires " +
    "static_assert static_cast std template this thread_local throw try typeid typename using " +
    "virtual wchar_t",
  rust:
    "as async await break const continue crate dyn else enum extern false fn for if impl in let " +
    "loop match mod move mut pub ref return self Self static struct super trait true type unsafe " +
    "use where while bool char str String Vec Option Some None Result Ok Err Box u8 u16 u32 u64 " +
    "u128 usize i8 i16 i32 i64 i128 isize f32 f64 println format vec panic assert",
  java:
    "abstract assert boolean break byte case catch char class const continue default do double else " +
    "enum extends final finally float for if implements import instanceof int interface long native " +
    "new null package permits private protected public record return sealed short static strictfp " +
    "super switch synchronized this throw throws transient true false try var void volatile while " +
    "yield String System Integer List Map ArrayList HashMap",
  php:
    "abstract and array as bool break callable case catch class clone const continue declare default " +
    "do echo else elseif empty enum extends false final finally float fn for foreach function global " +
    "goto if implements include include_once instanceof insteadof int interface isset iterable list " +
    "match mixed namespace never new null object or parent print private protected public readonly " +
    "require require_once return self static string switch this throw trait true try unset use var " +
    "void while yield",
  perl:
    "and bless chomp chop chr cmp continue defined delete die do each else elsif eof eq exists exit " +
    "for foreach given if index join keys last lc length local map my next no not open or our " +
    "package pop print printf push qw redo ref require return reverse say scalar shift sort splice " +
    "split sprintf strict sub substr uc undef unless unshift until use values wantarray warn " +
    "warnings when while",
  lua:
    "and break do else elseif end false for function goto if in local nil not or repeat return then " +
    "true until while assert error ipairs math next pairs pcall print require select setmetatable " +
    "string table tonumber tostring type unpack",
  json: "true false null",
  yaml: "true false null",
});

/** Names of syntax nodes without keywords. */
const ELSEWHERE = Object.freeze([
  ...["LineComment", "BlockComment", "Comment", "comment"],
  ...["String", "StringLiteral", "RawString", "TextBlock", "string"],
]);

/** @param {string} mode @returns {readonly string[]} */
function keywordsOf(mode) {
  return Object.hasOwn(WORDS, mode)
    ? WORDS[/** @type {keyof typeof WORDS} */ (mode)].split(" ")
    : [];
}

/**
 * @param {string} mode
 * @returns {import("../vendor/editor.js").Extension}
 */
export function keywordCompletion(mode) {
  const words = keywordsOf(mode).map((label) => ({ label, type: "keyword" }));
  const source = ifNotIn(ELSEWHERE, completeFromList(words));
  return words.length > 0 ? EditorState.languageData.of(() => [{ autocomplete: source }]) : [];
}
