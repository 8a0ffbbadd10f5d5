import { fileName } from "./languages.js";

/**
 * Saves the code as a file, from what this page has; works offline and after the session's end.
 * @param {{title: string, language: string, content: string}} code
 */
export function download({ title, language, content }) {
  const url = URL.createObjectURL(new Blob([content], { type: "text/plain;charset=utf-8" }));
  const link = document.createElement("a");
  link.href = url;
  link.download = fileName(title, language);
  link.click();
  // Some browsers read the address only after the click has been handled.
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
