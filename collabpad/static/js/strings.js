/** Every English string that the page’s scripts show or announce. Templates have theirs in web/strings.py. */

/**
 * @param {number} seconds
 * @returns {string}
 */
function secondsText(seconds) {
  return `${Number(seconds.toFixed(1))} s`;
}

/** @param {number} count */
function inSeconds(count) {
  return count === 1 ? "in 1 second" : `in ${count} seconds`;
}

/** @type {Record<string, string>} replace the server’s own message for these error codes */
const refusals = {
  unknown_participant: "That person isn’t here any more.",
  rate_limited: "That was too fast. Wait a moment, then try again.",
};

export const strings = Object.freeze({
  connection: {
    saved: "Saved",
    saving: "Saving…",
    offline: "Offline: your changes are kept here",
    reconnecting: "Reconnecting…",
    connecting: "Connecting…",
    fallback: "Nothing gets through. Trying another way…",
    saidOffline: "Connection lost. Your changes are kept here.",
    saidBack: "Connected again.",
    notSaving:
      "The server can’t save right now: its disk is full or failing. You can keep working, but leave this page open.",
    notNow: "You’re offline. Try again once you’re connected.",
    noAnswer: "The server didn’t answer. Try again.",
    /** @param {number} status @param {string} phrase */
    between: (status, phrase) =>
      `Something between you and the server answered: ${`${status} ${phrase}`.trim()}.` +
      (status === 413 ? " It doesn’t let anything that large through." : ""),
  },

  /** @param {string} code @param {string} message */
  refusal: (code, message) => (refusals[code] ?? message) || "That didn’t work.",

  pen: {
    yours: "You have the pen",
    /** @param {string} name */
    theirs: (name) => `${name} has the pen`,
    nobody: "Nobody has the pen",
    everybody: "Everybody can write",
    muted: "You are muted",
    watching: "You are watching",
    /** @param {string} name */
    away: (name) => `${name} has the pen and is offline`,
    /** @param {string} when */
    since: (when) => `since ${when}`,
    ask: "Ask for the pen",
    askShort: "Ask for it",
    askMuted: "Ask to write",
    cancel: "Cancel request",
    cancelShort: "Cancel",
    release: "Give the pen back",
    releaseShort: "Give back",
    takeBack: "Take the pen back",
    takeBackShort: "Take back",
    give: "Give it…",
    giveLabel: "Hand the pen to somebody",
    giveShort: "Give pen",
    /** @param {string} name */
    giveTo: (name) => `Give the pen to ${name}`,
    /** @param {string} name */
    saidTaken: (name) => `${name} took the pen back. You can ask for it again.`,
    /** @param {string} name @param {string} to */
    saidGiven: (name, to) => `${name} gave the pen to ${to}. You can ask for it again.`,
    /** @param {string} name */
    saidMuted: (name) => `${name} muted you: for now you can read and chat.`,
  },

  rotation: {
    off: "Off",
    /** @param {number} minutes */
    every: (minutes) => (minutes === 1 ? "Every minute" : `Every ${minutes} minutes`),
    own: "Other…",
    /** @param {string} name @param {string} left */
    next: (name, left) => `next: ${name} in ${left}`,
    /** @param {string} left */
    nextIsYou: (left) => `next: you in ${left}`,
    /** @param {string} left */
    paused: (left) => `turn paused at ${left}`,
    alone: "turns start when somebody else joins",
    /** @param {string} name @param {number} seconds */
    soon: (name, seconds) => `The pen goes to ${name} ${inSeconds(seconds)}.`,
    /** @param {number} seconds */
    soonAsked: (seconds) => `Are you there? The pen comes to you ${inSeconds(seconds)}.`,
    /** @param {string} name @param {number} seconds */
    soonIdle: (name, seconds) =>
      `${name} is idle. Unless they answer, their turn is skipped ${inSeconds(seconds)}.`,
    /** @param {number} seconds */
    soonYou: (seconds) => `You are next: the pen comes to you ${inSeconds(seconds)}.`,
    /** @param {string} name @param {number} seconds */
    soonOver: (name, seconds) => `Your turn ends ${inSeconds(seconds)}: the pen goes to ${name}.`,
    pause: "Pause turns",
    goOn: "Resume turns",
    hasPen: "has the pen",
    isNext: "next",
    /** @param {string} name */
    move: (name) => `Move ${name} in the order: drag, or the up and down arrow keys`,
    /** @param {string} name @param {number} place @param {number} number */
    saidMoved: (name, place, number) => `${name} is now number ${place} of ${number}.`,
    skipShort: "Skip",
    skipMe: "Skip my turn",
    /** @param {string} name */
    skip: (name) => `Skip ${name}’s next turn`,
    here: "I’m here",
  },

  following: {
    /** @param {string} name */
    line: (name) => `Following ${name}`,
    /** @param {string} name */
    nowhere: (name) => `${name} has not placed a caret in the code yet.`,
    /** @param {string} name */
    lost: (name) => `${name} went offline, so you are no longer following them.`,
    /** @param {string} name */
    saidBegun: (name) => `You are following ${name}. Press Escape or any key in the code to stop.`,
    /** @param {string} name @param {number | null} line */
    where: (name, line) => (line ? `${name}: line ${line}` : `${name}: not in the code`),
    /** @param {string} name */
    saidEnded: (name) => `You are no longer following ${name}.`,
  },

  gathering: {
    sent: "You invited everybody else to your caret.",
    /** @param {string} name */
    invited: (name) => `${name} asks everybody to come and look.`,
    go: "Go there",
    stay: "Stay",
  },

  pointing: {
    /** @param {string} key */
    hint: (key) => `Show the others the selection, or this line (${key})`,
    /** @param {string} name @param {number} line */
    at: (name, line) => `${name} points at line ${line}`,
    /** @param {number} line */
    saidSelf: (line) => `You point at line ${line}.`,
    show: "Show",
    dismiss: "Dismiss",
  },

  readOnlyPrompt: {
    /** @param {string} name */
    reader: (name) => `${name} has the pen, so you can only read.`,
    nobody: "Nobody has the pen at the moment.",
    muted: "The host muted you: for now you can read and chat.",
    viewer: "This is a view-only link: you can read, point and chat.",
    asked: "You asked for the pen. You can write as soon as you get it.",
    /** @param {string | null} name */
    ask: (name) => (name ? `Ask ${name} for it` : "Ask to write"),
    enter: "Enter",
  },

  request: {
    /** @param {number} count */
    all: (count) => `All ${count}`,
    pen: {
      /** @param {number} others */
      asks: (others) => (others ? ` and ${others} more ask for the pen` : " asks for the pen"),
      /** @param {string} name @param {number} others */
      said: (name, others) => `${name}${strings.request.pen.asks(others)}.`,
      /** @param {number} count */
      all: (count) => `${count} people ask for the pen`,
      /** @param {number} count */
      showAll: (count) => `All ${count} requests for the pen`,
      yes: "Give it",
      /** @param {string} name */
      yesLabel: (name) => `Give it to ${name}`,
      no: "Hide",
      /** @param {string} name */
      noLabel: (name) => `Hide ${name}’s request`,
      noneLabel: "Hide all requests",
    },
    muted: {
      /** @param {number} others */
      asks: (others) =>
        others ? ` and ${others} more ask to write again` : " asks to write again",
      /** @param {string} name @param {number} others */
      said: (name, others) => `${name}${strings.request.muted.asks(others)}.`,
      /** @param {number} count */
      all: (count) => `${count} people ask to write again`,
      /** @param {number} count */
      showAll: (count) => `All ${count} requests to write again`,
      yes: "Let write",
      /** @param {string} name */
      yesLabel: (name) => `Let ${name} write`,
      no: "Hide",
      /** @param {string} name */
      noLabel: (name) => `Hide ${name}’s request`,
      noneLabel: "Hide all requests",
    },
    join: {
      /** @param {number} others */
      asks: (others) => (others ? ` and ${others} more want to come in` : " wants to come in"),
      /** @param {string} name @param {number} others */
      said: (name, others) => `${name}${strings.request.join.asks(others)}.`,
      /** @param {number} count */
      all: (count) => `${count} people want to come in`,
      /** @param {number} count */
      showAll: (count) => `All ${count} people who want to come in`,
      yes: "Let in",
      /** @param {string} name */
      yesLabel: (name) => `Let ${name} in`,
      no: "Refuse",
      /** @param {string} name */
      noLabel: (name) => `Refuse ${name}`,
    },
  },

  people: {
    you: "you",
    host: "host",
    actingHost: "acting host",
    pen: "has the pen",
    writes: "can write",
    muted: "muted",
    viewing: "viewing",
    asks: "asks for the pen",
    asksMuted: "asks to write",
    activity: { active: "", idle: "idle", away: "away", offline: "offline" },
    /** @param {string} name */
    follow: (name) => `Follow ${name}`,
    /** @param {string} name */
    goTo: (name) => `Go to ${name}`,
    /** @param {string} name */
    makeHost: (name) => `Make ${name} the host`,
    /** @param {string} name */
    remove: (name) => `Remove ${name}`,
    /** @param {string} name */
    mute: (name) => `Mute ${name}`,
    /** @param {string} name */
    unmute: (name) => `Unmute ${name}`,
    /** @param {string} name */
    removing: (name) => ({
      title: `Remove ${name}?`,
      text: "They leave the session at once. What they typed stays. They can come back with the link.",
      yes: "Remove",
      danger: true,
      changeLinks: "Also change the links, so that the old ones stop working",
    }),
    /** @param {string} name @param {number} others */
    removed: (name, others) =>
      others
        ? `${name} and ${others} more were removed. They can come back with the old link.`
        : `${name} was removed. They can come back with the old link.`,
    changeLinks: "Change the links",
    /** @param {number} count */
    open: (count) => `People, ${count} here`,
    alone: "Only you are here so far.",
    invite: "Invite people",
    rename: "Rename yourself",
    renameShort: "Rename",
    /** @param {string} name @param {number} others */
    saidJoined: (name, others) =>
      others ? `${name} and ${others} more are here.` : `${name} is here.`,
    /** @param {string} name @param {number} others */
    saidLeft: (name, others) => `${name}${others ? ` and ${others} more` : ""} left.`,
    saidHost: "You are now the host.",
    /** @param {string} name @param {number} line */
    edits: (name, line) => `${name} edits line ${line}.`,
  },

  session: {
    untitled: "Untitled session",
    /** @param {string} title */
    page: (title) => `${title} · collabpad`,
    writeMode: { handoff: "One pen", open: "Everybody" },
    runPolicy: {
      writers: "Writers",
      everyone: "Everybody",
      host: "The host",
      off: "Nobody",
    },
    joinPolicy: { open: "By the link", approve: "When let in", locked: "Nobody new" },
    writes: { handoff: "One pen, passed on", open: "Everybody can write" },
    runs: {
      writers: "Anyone who can write can run",
      everyone: "Everybody but viewers can run",
      host: "Only the host can run",
      off: "Running is switched off",
    },
    acting:
      "You are the acting host. To end or lock the session, or to set a passcode, open the host link.",
    passcodeSet: "A passcode is set.",
    passcodeNone: "None is set.",
    linksChanged: "The links have been changed. The old ones no longer work.",
    changingLinks: {
      title: "Change the links?",
      text: "All links stop working, including invitations that nobody has used yet. People who are here stay.",
      yes: "Change the links",
      danger: true,
    },
    /** Headings over languages that cannot run here. */
    notRunnable: {
      not_installed: "No compiler or interpreter for these on this server",
      too_old: "Needs a newer version than this server has",
      off: "Not run: running is switched off on this server",
      no_program: "Not run: text and data",
    },
  },

  layout: {
    peopleWidth: "Width of the people",
    outputHeight: "Height of the output",
    chatHeight: "Height of the chat",
    output: "Output",
    outputNews: "Output, new",
  },

  welcome: {
    host: "You are the host: write, run, and invite others with Share.",
    writer: "You can write, run and chat.",
    reader: "You can read and chat, and ask for the pen when you want to write.",
    muted: "You can read and chat.",
    viewer: "You can read, point and chat: this is a view-only link.",
  },

  chat: {
    move: "Move chat",
    moveHint: "Move by dragging or with the arrow keys; hold Shift to resize",
    dock: "Dock chat",
    undock: "Undock chat",
    /** @param {number} unread */
    button: (unread) => (unread ? `Chat, ${unread} unread` : "Chat"),
    /** @param {number} count */
    systemMessages: (count) => (count === 1 ? "1 system message" : `${count} system messages`),
    empty: "No messages yet. Everybody in the session can read this chat.",
  },

  run: {
    run: "Run",
    keys: "Ctrl-Enter; add Shift to run only the selected lines",
    running: "running",
    waiting: "waiting",
    waitingForInput: "waiting for input",
    asksYou: "The program is waiting for your input.",
    /** @param {number} before */
    beforeMine: (before) => (before ? `${before} before you` : "You are next"),
    /** @param {number} before */
    before: (before) => (before ? `${before} before this one` : "next in line"),
    /** @param {number} seconds @param {number} limit */
    elapsed: (seconds, limit) => `${seconds.toFixed(1)} of ${limit} s`,
    hint: "Run the code to see its output here. Everybody in the session sees the same output.",
    unsaved: "Your latest changes aren’t saved yet. Try again in a moment.",
    quiet: "The program printed nothing.",
    truncated: "The output was cut off here: it was too long.",
    copied: "Copied",
    copy: "Copy",
    /** @param {string} name @param {string} when */
    by: (name, when) => `${name} · ${when}`,
    /** @param {number} milliseconds */
    took: (milliseconds) =>
      milliseconds < 1000 ? `${milliseconds} ms` : secondsText(milliseconds / 1000),
    /** @param {number} line */
    goTo: (line) => `Go to line ${line}`,
    obstacles: {
      off: "Running is switched off here",
      host: "Only the host can run",
      writers: "You can run once you can write",
      viewer: "Viewers can’t run",
      language: "This server can’t run this language",
      running: "A program is running",
      offline: "You’re offline",
    },
  },

  /**
   * @param {Pick<import("./protocol.js").RunFinished,
   *   "verdict" | "exit_code" | "signal" | "duration_ms" | "unanswered">} result
   * @param {number} [timeout]  seconds
   */
  verdict(result, timeout = result.duration_ms / 1000) {
    if (result.unanswered) return "stopped: nobody answered it";
    switch (result.verdict) {
      case "ok":
        return "finished";
      case "error":
        return `error, exit code ${result.exit_code}`;
      case "timeout":
        return `timed out after ${secondsText(timeout)}`;
      case "output_limit":
        return "stopped: too much output";
      case "memory_limit":
        return "stopped: out of memory";
      case "stopped":
        return "stopped";
      case "failed":
        return "could not be started";
      default:
        return result.signal ? `crashed (${result.signal})` : "crashed";
    }
  },
  history: {
    /** @param {string} name @param {string} when @param {number} duration  ms */
    about: (name, when, duration) =>
      [name, when, strings.run.took(duration)].filter(Boolean).join(" · "),
    /** @param {string} language @param {number} duration  ms */
    facts: (language, duration) => `${language} · ${strings.run.took(duration)}`,
    choose: "Choose a run to see its output again.",
    changes: "Changes since",
    part: "What was run",
  },

  changes: {
    title: "Changes since this run",
    same: "Nothing has changed: this is the code that ran.",
    legend: "− was in the code that ran, + was added since.",
    partTitle: "What was run",
    partNote: "Only this part of the text ran.",
    /** @param {number} count */
    skipped: (count) => (count === 1 ? "1 line unchanged" : `${count} lines unchanged`),
    copy: "Copy the code as it was",
  },

  /** @param {string} verdict */
  saidVerdict: (verdict) => `Run: ${verdict}.`,

  sandbox: {
    isolated: "Sandboxed: no network, no access to your files",
    open: "Not sandboxed: programs can do what the server’s owner can",
    off: "Running is switched off on this server",
    warning:
      "Programs run here without a sandbox: anyone who can run code can read and change the server’s files.",
  },

  confirm: { no: "Cancel" },

  share: {
    copied: "Copied",
    copy: "Copy",
    failed: "Press Ctrl-C to copy",
    qr: "QR code of the join link",
    comesIn: {
      open: "Anyone with this link can join, ask for the pen and chat.",
      approve: "Anyone with this link can ask to join; the host lets them in.",
      locked: "Nobody new can join now.",
    },
    withPasscode: "They need the passcode.",
    viewQr: "QR code of the view-only link",
  },

  joinDialog: {
    name: {
      title: "Join session",
      text: "Everybody here will see your name.",
      viewer: "With this link you can read, point and chat. Everybody here will see your name.",
      action: "Join",
    },
    passcode: {
      title: "Join session",
      text: "This session needs a passcode. Ask the person who invited you.",
      wrong: "That passcode is not right. Check it with the person who invited you.",
      action: "Join",
    },
    waiting: {
      title: "Waiting to be let in",
      text: "The host sees that you are here. You join as soon as they let you in.",
    },
    refused: {
      title: "Not let in",
      text: "The host did not let you in this time.",
      action: "Ask again",
    },
    locked: {
      title: "This session is locked",
      text: "Nobody new can join right now. Ask the host to unlock it, then try again.",
      action: "Try again",
    },
    full: {
      title: "This session is full",
      text: "No more people can join it. Try again when somebody has left.",
      action: "Try again",
    },
    unknown: {
      title: "This session is not here any more",
      text: "It has ended, or its links were changed. Ask for a new link, or start a session.",
      action: "Try again",
    },
    removed: {
      title: "You were removed",
      text: "The host removed you from this session. What you typed is still in it.",
      action: "Join again",
    },
    links_changed: {
      title: "The links were changed",
      text: "Ask somebody in the session for the new link.",
    },
    replaced: {
      title: "Open in another window",
      text: "You are in this session in another tab or window, so this one is paused.",
      action: "Continue here",
    },
    left: {
      title: "You left this session",
      text: "You left it in another tab, so you left it here too. What you typed is still in it.",
      action: "Join again",
    },
    closed: {
      title: "The session has ended",
      text: "It was ended for everybody. You can still save the code.",
    },
    expired: {
      title: "The session has ended",
      text: "Nobody used it for a long time. You can still save the code.",
    },
    busy: {
      title: "Too many tries",
      text: "There were too many tries from here. Try again in a minute.",
      action: "Try again",
    },
    crowd: {
      title: "Many people are coming in",
      text: "You will be in soon: this page continues by itself.",
    },
    trouble: { title: "That didn’t work", action: "Try again" },
    staleHostLink:
      "This host link does not work: it may be incomplete, or belong to another session.",
  },

  leaving: {
    title: "Leave this session?",
    yes: "Leave",
    alone: "Nobody else is here. The session stays open to anyone with its link.",
    /** @param {string} name */
    seat: (name) => `${name} becomes the host.`,
    /** @param {string} name */
    seatAndPen: (name) => `${name} becomes the host and gets the pen.`,
    /** @param {string} name */
    pen: (name) => `The pen goes to ${name}.`,
    penFree: "Then nobody has the pen: the first to ask gets it.",
    others: "The others carry on without you.",
    back: "You can come back with the link, as somebody new.",
    backAsHost: "You can come back with the host link, and will be the host again.",
  },

  rejected: {
    not_writer: "Your last change was not accepted: you could no longer write.",
    too_large: "Your last change was not accepted: the text would be too large.",
    astray:
      "This page’s text no longer matched the session’s. It shows the session’s text again; you can still undo your own edits.",
    other: "The server did not accept your last change.",
    show: "Show it",
  },

  files: {
    /** @param {number} number */
    oneOnly: (number) =>
      `You dropped ${number} files, and a session holds one text. Drop one at a time.`,
    /** @param {string} name */
    savedSession: (name) => `Saved as ${name}: the text, its history, the runs and the chat.`,
    /** @param {string} name */
    replacing: (name) => ({
      title: `Replace the text with ${name}?`,
      text: "This replaces the text for everybody. You can undo it in one step.",
      yes: "Replace",
    }),
    /** @param {string} name */
    opening: (name) => ({
      title: `Open ${name} as a new session?`,
      text: "The file is a saved session. This page moves to it; everybody else stays here.",
      yes: "Open",
    }),
    readOnly: "You can replace the text with a file once you can write.",
    /** @param {string} name */
    notText: (name) => `${name} is not a text file in UTF-8.`,
    /** @param {string} name */
    unreadable: (name) => `${name} could not be read.`,
    /** @param {string} name @param {number} limit  bytes */
    tooLarge: (name, limit) =>
      `${name} is too large: a session holds ${Number((limit / 1024 ** 2).toFixed(1))} MiB of text.`,
  },

  stopping: "The server is stopping. Your changes are kept here until it is back.",

  home: {
    noLink: "That is not a session ID or link. A link looks like http://…/editor/…",
    /** @param {string} title */
    open: (title) => `Open ${title}`,
    /** @param {string} title */
    forget: (title) => `Forget ${title}`,
    openShort: "Open",
    viewOnly: "view only",
  },

  editor: {
    label: "Code editor",
    empty: "Write here. Everybody in the session sees it as you type.",
    /** @param {number} line @param {number} column */
    position: (line, column) => `Ln ${line}, Col ${column}`,
    tab: "Tab",
    /** @param {string} key */
    tabIndents: (key) => `Tab indents (${key}: leaves)`,
    /** @param {string} key */
    tabLeaves: (key) => `Tab leaves the code (${key}: indents)`,
    saidTabIndents: "Tab indents again.",
    saidTabLeaves: "Tab now leaves the code.",
    notLoaded: "A part of the editor could not be loaded. Try again when the server is back.",
  },

  /** The row of keys above a phone’s keyboard. */
  touchKeys: {
    tab: "Tab",
    characters: {
      "(": "Opening parenthesis",
      ")": "Closing parenthesis",
      "[": "Opening square bracket",
      "]": "Closing square bracket",
      "{": "Opening brace",
      "}": "Closing brace",
      '"': "Double quote",
      "'": "Single quote",
      ":": "Colon",
      "=": "Equals",
      "<": "Less than",
      ">": "Greater than",
      _: "Underscore",
      "#": "Hash",
      "/": "Slash",
      "\\": "Backslash",
      "`": "Backtick",
    },
    left: "Left",
    right: "Right",
    up: "Up",
    down: "Down",
    outdent: "Indent less",
    undo: "Undo",
  },

  lint: {
    /** @param {string} text @param {number} line */
    unexpected: (text, line) => `Line ${line}: “${text}” does not belong here.`,
    /** @param {number} line */
    broken: (line) => `Line ${line}: something is missing or does not belong here.`,
    /** @param {string} bracket @param {number} line */
    unclosed: (bracket, line) => `Line ${line}: “${bracket}” is never closed.`,
    none: "No syntax errors found.",
  },

  commandGroups: {
    running: "Running",
    pen: "The pen",
    people: "Working together",
    writing: "Writing",
    finding: "Finding and folding",
    looking: "The page",
    session: "The session",
  },

  /** Every action of the page; commands.js has their keys. */
  commands: {
    run: "Run the code",
    runSelection: "Run the selected lines",
    stop: "Stop the program",
    earlierRuns: "Show or hide earlier runs",
    copyOutput: "Copy the output",
    clearOutput: "Clear the output",
    dockChat: "Dock or undock the chat",
    foldOutput: "Fold or unfold the output",
    toInput: "Go to the program’s input",
    toOutput: "Go to the output",
    point: "Point at the selection or this line",
    gather: "Bring everybody to me",
    whereabouts: "Say where everybody is",
    stopFollowing: "Stop following",
    toNotice: "Go to the newest notice",
    undo: "Undo your last edit",
    redo: "Redo your edit",
    comment: "Comment or uncomment lines",
    blockComment: "Comment or uncomment the selection",
    complete: "Complete the word",
    indent: "Indent more",
    outdent: "Indent less",
    reindent: "Fix the indentation",
    lineUp: "Move the line up",
    lineDown: "Move the line down",
    copyLine: "Copy the line down",
    deleteLine: "Delete the line",
    tabMode: "Make Tab leave the code, or indent again",
    find: "Find",
    replace: "Find and replace",
    goToLine: "Go to a line",
    nextOccurrence: "Select the next occurrence",
    allOccurrences: "Select all occurrences",
    bracket: "Go to the matching bracket",
    widen: "Widen the selection",
    nextProblem: "Go to the next syntax error",
    listProblems: "List the syntax errors",
    fold: "Fold here",
    unfold: "Unfold here",
    foldAll: "Fold everything",
    unfoldAll: "Unfold everything",
    toCode: "Go to the code",
    chat: "Open or close the chat",
    people: "Show or hide the people",
    wrap: "Wrap long lines on or off",
    fontLarger: "Larger code",
    fontSmaller: "Smaller code",
    preferences: "Preferences",
    help: "Help",
    share: "Share the session",
    download: "Download the code",
    downloadSession: "Download the session with its history",
    import: "Import a file",
    language: "Choose the language",
    title: "Change the title",
    writeMode: "Choose who may write",
    rotation: "Choose how the pen goes around",
    rotationNext: "Pass the pen on now",
    rotationPause: "Pause or resume turns",
    rename: "Rename yourself",
    changeLinks: "Change the links",
    endSession: "End the session for everybody",
    leave: "Leave the session",
  },

  notices: {
    close: "OK",
    /** @param {number} count */
    more: (count) => `${count} more`,
    /** @param {number} count */
    moreLabel: (count) => (count === 1 ? "1 more notice" : `${count} more notices`),
  },

  lazyDialog: { close: "Close" },

  palette: {
    title: "Command palette",
    field: "Command",
    placeholder: "What would you like to do?",
    list: "Commands",
    nothing: "No available command has that name.",
  },

  help: {
    title: "Help",
    /** @param {(key: string, mac?: string) => string} key  formats a key for this machine */
    texts: (key) => [
      {
        title: "Everything you can do",
        text: `F1 or ${key("Mod-Shift-p")} lists every action with its key; type a few letters of it, then Enter. “?” outside the code opens this help.`,
      },
      {
        title: "The pen",
        text: "One person writes at a time: the one who has the pen. The others read along and can ask for it; the host, or the person who has it, hands it on with one click. The host can also let everybody write at once.",
      },
      {
        title: "Finding each other",
        text: `Click somebody’s face to follow them through the code, until you do something there yourself. ${key("Alt-p", "Ctrl-Shift-l")} points at what you have selected. When somebody asks everybody to come and look, nobody is moved: ${key("Alt-n", "Ctrl-Shift-j")} takes you to the notice, where you choose.`,
      },
      {
        title: "The Tab key",
        text: `In the code Tab indents. After ${key("Ctrl-m", "Ctrl-Shift-m")} it leaves the code, as everywhere else on the page; press that key again and Tab indents. Escape and then Tab leaves the code once.`,
      },
      {
        title: "Undo",
        text: "Undo takes back only your own edits, never those of others.",
      },
      {
        title: "Without a mouse",
        text: "Tab goes through the page; its first stop skips to the code. The palette reaches everything else. With Vim keys on, they come first in the code.",
      },
    ],
  },

  preferences: {
    title: "Preferences",
    theme: "Theme",
    themes: { system: "Same as system", light: "Light", dark: "Dark", contrast: "High contrast" },
    fontSize: "Font size",
    tabSize: "Tab size",
    /** @param {number} size */
    tabSizes: (size) => (size ? `${size} columns` : "Language default"),
    indentation: "Indentation",
    indentations: { detect: "Match the file", spaces: "Spaces", tabs: "Tabs" },
    keys: "Keys",
    keySets: { plain: "Plain", vim: "Vim", vscode: "Like VS Code" },
    wrap: "Word wrap",
    completion: "Complete words while typing",
    marks: "Mark syntax errors (Python, JSON)",
    edits: "Have screen readers say where others edit",
    yours: "Only for you, in this browser.",
    reset: "Reset to defaults",
  },

  /** CodeMirror’s phrases, by their English originals. */
  phrases: {
    "Control character": "Control character",
    "Selection deleted": "Selection deleted",
    Completions: "Completions",
    "Folded lines": "Folded lines",
    "Unfolded lines": "Unfolded lines",
    to: "to",
    "folded code": "folded code",
    unfold: "unfold",
    "Fold line": "Fold line",
    "Unfold line": "Unfold line",
    Find: "Find",
    Replace: "Replace",
    next: "Next",
    previous: "Previous",
    all: "All",
    "match case": "Match case",
    regexp: "Regular expression",
    "by word": "Whole words",
    replace: "Replace",
    "replace all": "Replace all",
    close: "Close",
    "current match": "current match",
    "on line": "on line",
    "replaced match on line $": "replaced match on line $",
    "replaced $ matches": "replaced $ matches",
    "Go to line": "Go to line",
    go: "Go",
    Diagnostics: "Syntax errors",
    "No diagnostics": "No syntax errors",
  },
});
