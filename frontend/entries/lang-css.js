export * from "@codemirror/lang-css";
