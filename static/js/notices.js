// The bell shows how many notices are unread, on an open page too: asked for while somebody looks at it, and when they
// come back to it. The title of the tab says the number as well.
(() => {
  const EVERY = 45_000; // milliseconds
  const bell = () => document.getElementById("bell");
  const title = document.title.replace(/^\(\d+\+?\) /, "");
  let asked = Date.now();

  const look = () => {
    if (document.hidden || Date.now() - asked < 2000) return;
    asked = Date.now();
    htmx.trigger(bell(), "look");
  };
  setInterval(look, EVERY);
  document.addEventListener("visibilitychange", look);
  window.addEventListener("focus", look);
  window.addEventListener("pageshow", (event) => event.persisted && look());

  document.addEventListener("htmx:afterSettle", () => {
    const unread = Number(bell()?.dataset.unread ?? 0);
    document.title = unread ? `(${unread > 99 ? "99+" : unread}) ${title}` : title;
  });
})();
