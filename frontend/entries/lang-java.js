export * from "@codemirror/lang-java";
