// What every page needs beyond HTML: say when something takes long or did not go through, close open sheets,
// do not send the same form twice. Without it every page still reads and posts.
(() => {
  const SOON = 500; // milliseconds before it is shown that something is under way
  const AGAIN = 4000; // a form may be sent again after this, for answers that do not change the page
  const busy = document.getElementById("busy");
  const notices = document.getElementById("notices");
  let waiting = 0;
  let timer;

  const begin = () => {
    waiting += 1;
    clearTimeout(timer);
    timer = setTimeout(() => {
      busy.hidden = waiting === 0;
    }, SOON);
  };
  const end = () => {
    waiting = Math.max(0, waiting - 1);
    if (waiting === 0) {
      clearTimeout(timer);
      busy.hidden = true;
    }
  };

  const forget = () => notices.querySelectorAll("[data-failure]").forEach((old) => old.remove());
  const tell = (id) => {
    const notice = document.getElementById(id).content.firstElementChild.cloneNode(true);
    forget();
    notices.append(notice);
    notice.scrollIntoView({ block: "nearest" });
  };

  // What asks by itself, again and again, says nothing of it: nobody waits for its answer.
  const quiet = (event) => event.detail.elt?.closest?.("[data-quiet]");

  document.addEventListener("htmx:beforeRequest", (event) => quiet(event) || begin());
  document.addEventListener("htmx:afterRequest", (event) => quiet(event) || end());
  document.addEventListener("htmx:beforeSwap", (event) => {
    if (event.detail.isError) return;
    if (quiet(event)) {
      event.detail.shouldSwap &&= !/^\s*<!doctype/i.test(event.detail.serverResponse);
      return;
    }
    // A whole page where a part was asked for: the session has ended and this is the way in.
    if (/^\s*<!doctype/i.test(event.detail.serverResponse)) {
      event.detail.shouldSwap = false;
      tell("not-open");
    } else {
      forget();
    }
  });
  document.addEventListener("htmx:responseError", (event) => {
    if (quiet(event)) return;
    const { status } = event.detail.xhr;
    tell(status === 401 || status === 403 || status === 404 ? "not-open" : "not-through");
  });
  document.addEventListener("htmx:sendError", (event) => quiet(event) || tell("not-through"));
  document.addEventListener("htmx:timeout", (event) => quiet(event) || tell("not-through"));

  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (event.defaultPrevented || form.method === "dialog") return;
    if (form.dataset.sent) {
      event.preventDefault();
      return;
    }
    form.dataset.sent = "1";
    begin();
    setTimeout(() => {
      delete form.dataset.sent;
      end();
    }, AGAIN);
  });
  // Back to a page that the browser kept as it was: nothing is under way any more.
  window.addEventListener("pageshow", () => {
    waiting = 0;
    end();
    document.querySelectorAll("form[data-sent]").forEach((form) => delete form.dataset.sent);
  });

  // The way to where one is must be in sight in a long rail; only the rail scrolls.
  const marked = [...document.querySelectorAll(".rail-scroll [aria-current]")].pop();
  const rail = document.querySelector(".rail-scroll");
  if (marked && marked.offsetTop > rail.clientHeight - 80) rail.scrollTop = marked.offsetTop - rail.clientHeight / 2;

  document.addEventListener("click", (event) => {
    const asked = event.target.closest("[data-does]");
    if (asked?.dataset.does === "print") window.print();
    if (asked?.dataset.does === "dismiss") asked.closest(".note").remove();
    document.querySelectorAll("details[name='sheet'][open]").forEach((sheet) => {
      if (!sheet.contains(event.target)) sheet.open = false;
    });
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    document.querySelectorAll("details[name='sheet'][open]").forEach((sheet) => {
      sheet.open = false;
      sheet.querySelector("summary").focus();
    });
  });
  // A filter that acts as soon as it is changed; its button stays for those without scripts.
  document.addEventListener("change", (event) => {
    event.target.closest("form[data-at-once]")?.requestSubmit();
  });
})();
