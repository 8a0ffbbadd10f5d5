export * from "@codemirror/lang-cpp";
