// "/" or Ctrl+K brings one to the search from any page; the arrows lead through what it found. Without it the field, its
// button and the links do the same.
(() => {
  const field = () => document.getElementById("search-words");
  const found = () => [...document.querySelectorAll("#search-results .found a.t")];
  const writes = (element) => element.closest?.("input, textarea, select, [contenteditable], trix-editor");

  const go = () => {
    const here = field();
    if (here) {
      here.focus();
      here.select();
    } else {
      window.location.assign(document.querySelector("link[rel='search']").href);
    }
  };

  const step = (event, by) => {
    const links = found();
    const at = links.indexOf(document.activeElement);
    if (at === -1 && document.activeElement !== field()) return;
    event.preventDefault();
    (links[at + by] || (by < 0 ? field() : document.activeElement)).focus();
  };

  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.altKey) return;
    const control = event.ctrlKey || event.metaKey;
    const asked = control ? event.key.toLowerCase() === "k" && !event.shiftKey : event.key === "/";
    if (asked && (!writes(event.target) || event.target === field())) {
      if (event.target === field() && !control) return; // a stroke is written as one
      event.preventDefault();
      go();
    } else if (event.key === "ArrowDown" && !control) {
      step(event, 1);
    } else if (event.key === "ArrowUp" && !control) {
      step(event, -1);
    }
  });

  // Said aloud by screen readers: how much there is now.
  document.addEventListener("htmx:afterSwap", (event) => {
    const said = document.querySelector("#search-results [data-said]:not([data-said=''])");
    if (event.detail.target.id === "search-results" && said) {
      document.getElementById("search-said").textContent = said.dataset.said;
    }
  });
})();
