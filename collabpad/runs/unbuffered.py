"""Output that leaves a program as it is printed, in languages that keep it back from a pipe.

Otherwise what a program printed before it crashed or was stopped is lost, a prompt stays invisible
and stderr overtakes stdout. Each is a hidden file beside the program, which its command loads
first.
"""

from __future__ import annotations

C_HEADER = ".unbuffered.h"
NODE_MODULE = ".unbuffered.cjs"
RUBY_FILE = ".unbuffered.rb"

# C: the names of <stdio.h> are reached by their symbols, so that the compiler still complains about
# a program that does not include it. C++: std::cout has a buffer of its own after
# sync_with_stdio(false); the templates are instantiated at the end of the program's file, and do
# nothing if it includes no <ostream>.
C_HEADER_TEXT = b"""\
#pragma GCC system_header
#ifdef __linux__
extern void *collabpad_stdout __asm__("stdout");
extern int collabpad_setvbuf(void *, char *, int, __SIZE_TYPE__) __asm__("setvbuf");
__attribute__((constructor)) static void collabpad_unbuffer(void)
{
    collabpad_setvbuf(collabpad_stdout, 0, 2 /* _IONBF */, 0);
}
#elif !defined(_MSC_VER)
#include <stdio.h>
__attribute__((constructor)) static void collabpad_unbuffer(void)
{
    setvbuf(stdout, 0, _IONBF, 0);
}
#endif
#ifdef __cplusplus
#include <iosfwd>
#ifdef __GLIBCXX__
namespace std _GLIBCXX_VISIBILITY(default) {
_GLIBCXX_BEGIN_NAMESPACE_VERSION
extern ostream cout, clog;
_GLIBCXX_END_NAMESPACE_VERSION
}
namespace {
namespace collabpad {
template <class Stream>
auto unbuffer(Stream &stream, int) -> decltype(stream.setf(Stream::unitbuf), void())
{
    static typename Stream::Init constructed;
    stream.setf(Stream::unitbuf);
}
template <class Stream> void unbuffer(Stream &, long) {}
template <class Stream> void unbuffer_if_complete(Stream &stream) { unbuffer(stream, 0); }
struct Start {
    Start()
    {
        unbuffer_if_complete(std::cout);
        unbuffer_if_complete(std::clog);
    }
} start;
}
}
#endif
#endif
"""

# Node.js writes to pipes without blocking and drops what is still waiting when it exits.
NODE_MODULE_TEXT = b"""\
for (const stream of [process.stdout, process.stderr]) stream._handle?.setBlocking?.(true);
"""

RUBY_TEXT = b"$stdout.sync = true\n"

PERL_OPTION = "-M5;$|=1"  # `use 5;$|=1;` in front of the program's first line
LUA_STATEMENT = "io.stdout:setvbuf('no')"
