export * from "@codemirror/lang-php";
