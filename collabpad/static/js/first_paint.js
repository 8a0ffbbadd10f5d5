/**
 * Runs before the first paint, as a classic script without modern syntax. It restores the theme and
 * the panels' sizes, so that nothing flashes or jumps, and shows a message in browsers that are too
 * old for the rest.
 */
(function () {
  var root = document.documentElement;
  var dark = window.matchMedia("(prefers-color-scheme: dark)");
  var contrast = window.matchMedia("(prefers-contrast: more)");
  var choice = "";

  /** @param {string} key */
  function kept(key) {
    try {
      return window.localStorage.getItem("collabpad:" + key) || "";
    } catch (denied) {
      return "";
    }
  }

  function paint() {
    var isDark = choice === "dark" || (choice !== "light" && dark.matches);
    root.setAttribute("data-theme", isDark ? "dark" : "light");
    root.setAttribute(
      "data-contrast",
      choice === "contrast" || contrast.matches ? "more" : "usual",
    );
  }

  /** @param {string} name  see theme.js */
  function choose(name) {
    choice = name;
    paint();
  }

  /** Names and values are those that layout.js stores. */
  function placePanels() {
    try {
      var layout = JSON.parse(kept("layout") || "{}");
      for (var mark in layout.marks) root.setAttribute("data-" + mark, layout.marks[mark]);
      for (var size in layout.sizes) root.style.setProperty("--" + size, layout.sizes[size]);
    } catch (damaged) {
      root.removeAttribute("style");
    }
  }

  choose(kept("theme"));
  placePanels();
  if (dark.addEventListener) {
    dark.addEventListener("change", paint);
    contrast.addEventListener("change", paint);
  }
  root.addEventListener("themechoice", function (event) {
    choose(String(/** @type {CustomEvent} */ (event).detail));
  });
  window.addEventListener("storage", function (event) {
    if (event.key === "collabpad:theme") choose(event.newValue || "");
  });

  var able =
    "noModule" in document.createElement("script") &&
    "hasOwn" in Object &&
    "HTMLDialogElement" in window &&
    window.CSS &&
    CSS.supports("color", "color-mix(in srgb, red, blue)");
  if (!able) root.className += " too-old";
})();
