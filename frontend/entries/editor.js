// Everything the page needs before a language is chosen: the editor, the shared document, the wire.

export * from "@codemirror/autocomplete";
export * from "@codemirror/commands";
export * from "@codemirror/language";
export * from "@codemirror/lint";
export * from "@codemirror/search";
export * from "@codemirror/state";
export * from "@codemirror/view";
export * from "@lezer/highlight";

export * as Y from "yjs";
export * from "y-codemirror.next";
export { fromBase64, toBase64 } from "lib0/buffer";

export { io, Manager, Socket } from "socket.io-client";
