// Keeps what is being written as a draft on the server: soon after a change, seldom more often than every five seconds,
// and when the page is left. Any form with data-draft-url; the sentences stand in its element with data-draft.
(() => {
  const PAUSE = 2000; // after the last change
  const MOST = 5000; // after the last draft, while writing goes on
  const AGAIN = [3000, 6000, 12_000, 30_000]; // after a failure
  const BEACON = 60_000; // bytes; browsers send no more than 64 kB while a page is left

  const keep = (form) => {
    const line = form.querySelector("[data-draft]");
    const says = line?.dataset || {};
    let changed = false; // since what was last sent
    let since = 0; // when the first change came that is not sent
    let last = 0; // when the last draft was sent
    let sending = null;
    let failures = 0;
    let sent = false; // the form itself: a draft must not arrive after it
    let timer;

    const say = (text, state) => {
      if (!line) return;
      if (line.textContent !== text) line.textContent = text; // the same minute is not read out twice
      line.dataset.state = state;
    };
    const clock = (moment) =>
      new Intl.DateTimeFormat(document.documentElement.lang, { timeStyle: "short", timeZone: "Europe/Helsinki" }).format(moment);

    const plan = (delay) => {
      clearTimeout(timer);
      timer = setTimeout(send, delay);
    };
    const failed = (text) => {
      changed = true;
      say(text, "failed");
      plan(AGAIN[Math.min(failures, AGAIN.length - 1)]);
      failures += 1;
    };

    const heard = async (answer) => {
      if (answer.ok || answer.status === 409) {
        failures = 0;
        const { saved_at: savedAt } = await answer.json();
        if (answer.ok) say(says.saved.replace("%s", clock(savedAt ? new Date(savedAt) : new Date())), "saved");
        else say(says.conflict, "conflict");
      } else if (answer.status === 422) {
        say((await answer.json()).error || says.failed, "failed"); // sending the same again would not help
      } else {
        failed(answer.type === "opaqueredirect" || answer.status < 500 ? says.closed : says.failed);
      }
    };

    async function send() {
      if (sending || !changed || sent) return;
      changed = false;
      last = Date.now();
      sending = new AbortController();
      try {
        const answer = await fetch(form.dataset.draftUrl, {
          method: "POST",
          body: new FormData(form),
          headers: { Accept: "application/json", "X-Requested-With": "XMLHttpRequest" },
          redirect: "manual",
          signal: sending.signal,
        });
        await heard(answer);
      } catch {
        if (!sent) failed(says.failed);
      }
      sending = null;
      if (changed && !failures) plan(Math.max(PAUSE, last + MOST - Date.now()));
    }

    const hear = () => {
      if (!changed) since = Date.now();
      changed = true;
      const due = Math.max(Math.min(Date.now() + PAUSE, since + MOST), last + MOST);
      if (!failures) plan(due - Date.now());
    };
    const leaving = () => {
      if (!changed || sent) return;
      const body = new URLSearchParams([...new FormData(form)].filter(([, value]) => typeof value === "string"));
      const small = body.toString().length < BEACON;
      changed = false;
      fetch(form.dataset.draftUrl, { method: "POST", body, keepalive: small }).catch(() => failed(says.failed));
    };

    form.addEventListener("input", hear);
    form.addEventListener("change", hear);
    document.addEventListener("submit", (event) => {
      if (event.target !== form || event.defaultPrevented) return;
      sent = true;
      clearTimeout(timer);
      sending?.abort();
    });
    window.addEventListener("pageshow", () => {
      sent = false;
    });
    window.addEventListener("online", () => changed && plan(0));
    document.addEventListener("visibilitychange", () => document.visibilityState === "hidden" && leaving());
    window.addEventListener("pagehide", leaving);
    // What is only here is not lost without a question.
    window.addEventListener("beforeunload", (event) => {
      if (changed && failures && !sent) event.preventDefault();
    });
  };

  document.querySelectorAll("form[data-draft-url]").forEach(keep);
})();
