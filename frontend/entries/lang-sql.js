export * from "@codemirror/lang-sql";
