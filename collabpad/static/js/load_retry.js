/**
 * Loads the page again where a part of it did not arrive: one module that fails, because the network
 * changed just then, would leave a page that never starts. A classic script without modern syntax,
 * in the head, so that it is there before anything can fail. Nothing is lost by a new start: nobody
 * has typed yet.
 */
(function () {
  var KEY = "collabpad:loaded-again";
  /** A page that does not load so many times has another fault: then the person decides. */
  var MOST = 3;
  var WITHIN_MS = 60000;
  var PROBE_MS = 1000;
  var failed = false;

  /** @returns {number[]} when this tab loaded the page again, lately; full where nothing is kept */
  function lately() {
    try {
      /** @type {number[]} */
      var times = JSON.parse(window.sessionStorage.getItem(KEY) || "[]");
      return times.filter(function (time) {
        return Math.abs(Date.now() - time) < WITHIN_MS;
      });
    } catch (denied) {
      return new Array(MOST);
    }
  }

  /** Waits for the server: loading again without it would leave the browser's own error page. */
  function probe() {
    var request = new XMLHttpRequest();
    request.open("HEAD", location.href);
    request.timeout = 10 * PROBE_MS;
    request.onloadend = function () {
      if (request.status === 0) setTimeout(probe, PROBE_MS);
      else location.reload();
    };
    request.send();
  }

  function loadAgain() {
    var times = lately();
    if (times.length >= MOST) return;
    try {
      window.sessionStorage.setItem(KEY, JSON.stringify(times.concat(Date.now())));
    } catch (full) {
      return;
    }
    probe();
  }

  function offerButton() {
    var button = document.getElementById("load-again");
    if (button) button.addEventListener("click", probe);
  }

  document.addEventListener(
    "error",
    function (event) {
      var target = event.target;
      var isPart =
        (target instanceof HTMLScriptElement && target.type === "module") ||
        (target instanceof HTMLLinkElement && target.rel === "stylesheet");
      if (!isPart || failed) return;
      failed = true;
      document.documentElement.className += " not-loaded";
      if (document.readyState === "loading")
        document.addEventListener("DOMContentLoaded", offerButton);
      else offerButton();
      loadAgain();
    },
    true,
  );
})();
