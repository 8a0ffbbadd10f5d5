export * from "@codemirror/lang-html";
