export * from "@codemirror/lang-markdown";
