export * from "@codemirror/lang-python";
