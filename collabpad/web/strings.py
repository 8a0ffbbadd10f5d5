"""Every English string in the pages that the server renders.

`static/js/strings.js` has those of the page's scripts. Templates reach these as `t.SECTION.NAME`.

To translate collabpad, translate the values here and there. What stands in `{braces}` stays.
"""

from __future__ import annotations

from types import SimpleNamespace
from typing import Final

_COMMON: Final = {
    "home_link": "collabpad, start page",
    "start_page": "Start page",
    "needs_javascript": "This page needs JavaScript. All of it comes from this server.",
    "too_old": "This browser is too old for collabpad. Please update it, or open the link in a "
    "current Firefox, Chrome, Edge or Safari.",
    "not_loaded": "Part of this page did not arrive. It loads again as soon as the server answers.",
    "load_again": "Load again",
    "close": "Close",
    "copy": "Copy",
    "cancel": "Cancel",
    "send": "Send",
}

_HOME: Final = {
    "heading": "Write code together, on your own network.",
    "lead_lan": "Share a link, type side by side, run it, and see the same output. "
    "Nothing leaves your network.",
    "lead_alone": "Share a link, type side by side, run it, and see the same output. "
    "Nothing leaves this machine.",
    "start": "Start",
    "new_session": "New session",
    "or_join": "or join one",
    "by_link": "Join with the link you were given.",
    "who_creates": (
        "Only the person who started this server can open new sessions: with the link that "
        "{serve} printed under “For you”, or with {new_session}."
    ),
    "id_or_link": "Session ID or link",
    "join": "Join",
    "sessions": "Sessions on this server",
    "open": "Open",
    "open_label": "Open the session {title}",
    "more": "And {count} more: collabpad sessions lists them all.",
    "recent": "Recent here",
    "run_off": "running code is switched off",
    "run_isolated": "programs run in a sandbox",
    "run_open": "programs run without a sandbox",
}

_BAR: Final = {
    "title": "Session title",
    "untitled": "Session",
    "language": "Language",
    "run": "Run",
    "stop": "Stop",
    "pen": "Pen",
    "rotation": "Turn",
    "panels": "Panels",
    "people": "People",
    "chat": "Chat",
    "output": "Output",
    "share": "Share",
    "commands": "Commands",
    "commands_hint": "Everything you can do (F1)",
}

_FRAME: Final = {
    "skip_to_code": "Skip to the code",
    "skip_to_people": "Skip to the people",
    "skip_to_chat": "Skip to the chat",
    "skip_to_output": "Skip to the output",
    "notices": "Notices",
    "following": "Following",
    "following_hint": "· Esc or any key stops",
    "stop_following": "Stop following",
    "reading_only": "Reading only",
    "touch_keys": "Keys for code",
    "connection": "Connection",
    "point": "Point",
    "preferences": "Preferences",
    "help": "Help",
    "help_hint": "Keys and how things work (?)",
}

_CHAT: Final = {
    "heading": "Chat",
    "window": "Chat window",
    "minimise": "Minimise",
    "messages": "Chat messages",
    "message": "Chat message",
    "placeholder": "Message",
}

_OUTPUT: Final = {
    "heading": "Output",
    "earlier": "Earlier runs",
    "copy": "Copy output",
    "clear": "Clear output",
    "clear_short": "Clear",
    "fold": "Fold output",
    "runs": "Runs",
    "no_runs": "Nothing has been run here yet.",
    "of_earlier": "Output of the earlier run",
    "input": "Program input",
    "input_placeholder": "Type input, Enter sends it",
    "end_of_input": "End of input",
    "end_of_input_hint": "Tell the program that there is no more input (Ctrl-D)",
}

_PEOPLE: Final = {
    "panel": "People",
    "requests": "Requests",
    "heading": "Participants",
    "close": "Close people",
    "rotation": "Turns",
    "rotation_order": "Order of turns",
    "rotation_next": "Next now",
    "rotation_next_hint": "Pass the pen on now, before the turn is over",
    "gather": "Bring everybody to me",
    "gather_hint": "Invites the others to your caret",
}

_SESSION: Final = {
    "heading": "Session",
    "write_mode": "Writing mode",
    "rotation": "Rotation",
    "rotation_minutes": "Minutes per turn",
    "run_policy": "Who may run",
    "join_policy": "Who may join",
    "passcode": "Passcode",
    "passcode_set": "Set",
    "passcode_none": "Remove passcode",
    "change_links": "Change links",
    "end": "End session",
    "import_file": "Import",
    "import_hint": "Replace the text with a file, or open a saved session",
    "download": "Download",
    "download_hint": "Save the text as a file (Ctrl-S)",
    "download_session": "Download session",
    "download_session_hint": "Save the text with its history, the runs and the chat",
    "leave": "Leave session",
    "join_separately": "Join as somebody else",
    "join_separately_hint": "In a new tab, under another name; in this tab you stay who you are",
}

_DIALOGS: Final = {
    "your_name": "Your name",
    "passcode": "Passcode",
    "download_code": "Download the code",
    "rename": "Rename yourself",
    "new_name": "New name",
    "change": "Change",
    "end": "End the session for everybody?",
    "end_means": "Its links stop working and it cannot be opened again. Everybody can still save "
    "the code they see.",
    "end_yes": "End it for everybody",
    "end_download": "Download session first",
    "end_no": "Keep the session",
    "copy_then": "Copy the code as it was",
    "unsent": "Your unsent text",
    "insert": "Insert at the caret",
}

_SHARE: Final = {
    "heading": "Share",
    "join": "Join link",
    "join_copy": "Copy the link to join",
    "view": "View-only link",
    "view_copy": "Copy the link to view",
    "view_means": "For an audience: they can read, point and chat, but never write.",
    "host": "Host link",
    "host_copy": "Copy the link for the host",
    "host_means": "Only for you: anyone who opens it becomes the host.",
    "id": "Session ID",
    "id_copy": "Copy the ID",
    "camera": "Scan with a phone’s camera.",
}

STRINGS: Final = SimpleNamespace(
    common=SimpleNamespace(**_COMMON),
    home=SimpleNamespace(**_HOME),
    bar=SimpleNamespace(**_BAR),
    frame=SimpleNamespace(**_FRAME),
    chat=SimpleNamespace(**_CHAT),
    output=SimpleNamespace(**_OUTPUT),
    people=SimpleNamespace(**_PEOPLE),
    session=SimpleNamespace(**_SESSION),
    dialogs=SimpleNamespace(**_DIALOGS),
    share=SimpleNamespace(**_SHARE),
)

_UNITS: Final = (("day", 86400), ("hour", 3600), ("minute", 60))


def people_here(count: int) -> str:
    return {0: "nobody here", 1: "1 person here"}.get(count, f"{count} people here")


def opened(seconds: float) -> str:
    """How long ago a session was made."""
    for unit, length in _UNITS:
        count = int(seconds // length)
        if count > 0:
            return f"opened {count} {unit}{'s' if count > 1 else ''} ago"
    return "opened just now"


BROKEN: Final = "Something went wrong on the server; try again."
BAD_OPERATOR_LINK: Final = "This operator link is wrong or out of date."
NOTHING_HERE: Final = "There is nothing at this address."
WRONG_METHOD: Final = "This address does not support this method."
TOO_LARGE: Final = "The request is too large."
MALFORMED: Final = "The request is malformed."

ERROR_TITLES: Final = {
    "unknown_session": "There is no such session: check the link, or ask for a new one.",
}
"""Error pages by the error's code; others show the error's own sentence, as the API gives it."""

ERROR_HINTS: Final = {
    "unknown_session": "It may have ended, its link may have been changed, or part of the link "
    "was lost on the way. Ask the person who invited you for the link again.",
    "not_found": "Check the address for typing errors.",
    "forbidden": "Open the link again, or ask the person who started the server.",
    "unknown_host": "The person who started the server can allow this name with --allow-host.",
    "rate_limited": "Wait a minute, then open the link again.",
}
"""What one can do, by the error's code."""
