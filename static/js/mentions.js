// "@" in a text offers people who may read it: in the editor, and in a plain field with data-mentions. What is chosen is
// written as words; the server finds whom they mean. Without this script the name is typed.
(() => {
  const SOON = 150; // milliseconds after a key until the server is asked
  const SHORTEST = 2;
  const ASKED = /(?:^|[^\p{L}\p{N}_.+-])@([\p{L}][\p{L}' -]{0,60})$/u;

  let list = null;
  let field = null;
  let asked = "";
  let timer;
  let request;

  const editable = (target) => target.closest?.(".ProseMirror") || target.closest?.("textarea[data-mentions]");
  const address = (element) => element.dataset.mentions || element.closest("[data-mentions]")?.dataset.mentions;
  const isPlain = (element) => element.tagName === "TEXTAREA";

  const before = (element) => {
    if (isPlain(element)) return element.value.slice(0, element.selectionStart);
    const selection = getSelection();
    const node = selection.anchorNode;
    if (!selection.isCollapsed || node?.nodeType !== Node.TEXT_NODE || !element.contains(node)) return "";
    return node.data.slice(0, selection.anchorOffset);
  };

  const close = () => {
    clearTimeout(timer);
    request?.abort();
    if (!list) return;
    list.remove();
    list = null;
    field?.removeAttribute("aria-activedescendant");
    field?.removeAttribute("aria-controls");
  };

  const write = (name) => {
    const text = `${name} `;
    if (isPlain(field)) {
      const end = field.selectionStart;
      field.setRangeText(text, end - asked.length, end, "end");
      field.dispatchEvent(new Event("input", { bubbles: true }));
    } else {
      const selection = getSelection();
      const { anchorNode, anchorOffset } = selection;
      selection.setBaseAndExtent(anchorNode, anchorOffset - asked.length, anchorNode, anchorOffset);
      document.execCommand("insertText", false, text); // the one way that keeps the editor's own history
    }
    close();
  };

  const select = (item) => {
    for (const one of list.children) one.setAttribute("aria-selected", String(one === item));
    item.scrollIntoView({ block: "nearest" });
    field.setAttribute("aria-activedescendant", item.id);
  };

  const place = () => {
    const box = field.getBoundingClientRect();
    let { left, bottom } = box;
    if (!isPlain(field) && getSelection().rangeCount) {
      const caret = getSelection().getRangeAt(0).getBoundingClientRect();
      if (caret.height) ({ left, bottom } = caret);
    }
    const widest = document.documentElement.clientWidth - list.offsetWidth - 8;
    const origin = (list.offsetParent || document.body).getBoundingClientRect();
    list.style.left = `${Math.max(8, Math.min(left, widest)) - origin.left}px`;
    list.style.top = `${bottom + 4 - origin.top}px`;
  };

  const show = (people) => {
    list?.remove();
    list = null;
    if (!people.length) return;
    list = document.createElement("ul");
    list.className = "mention-list";
    list.id = "mention-list";
    list.setAttribute("role", "listbox");
    list.setAttribute("aria-label", "@");
    people.forEach((person, number) => {
      const item = document.createElement("li");
      item.id = `mention-${number}`;
      item.setAttribute("role", "option");
      const name = document.createElement("span");
      name.textContent = person.name;
      const about = document.createElement("span");
      about.className = "small";
      about.textContent = person.about;
      item.append(name, about);
      item.addEventListener("pointerdown", (event) => event.preventDefault()); // the text keeps the cursor
      item.addEventListener("click", () => write(person.name));
      list.append(item);
    });
    (field.closest("main") || document.body).append(list);
    field.setAttribute("aria-controls", list.id);
    place();
    select(list.firstElementChild);
  };

  const ask = async (element, words) => {
    request?.abort();
    request = new AbortController();
    const url = new URL(address(element), location.href);
    url.searchParams.set("q", words);
    try {
      const answer = await fetch(url, { headers: { Accept: "application/json" }, redirect: "manual", signal: request.signal });
      if (!answer.ok) return;
      const { people } = await answer.json();
      // The whole name has been chosen or typed already: nothing to offer any more.
      if (field === element && asked === words) show(people.length === 1 && words.startsWith(people[0].name) ? [] : people);
    } catch {
      // The name can be typed without help.
    }
  };

  document.addEventListener("input", (event) => {
    const element = editable(event.target);
    if (!element || !address(element)) return;
    setTimeout(() => {
      const found = ASKED.exec(before(element));
      field = element;
      asked = found ? found[1] : "";
      clearTimeout(timer);
      if (asked.trim().length < SHORTEST) close();
      else timer = setTimeout(() => ask(element, asked), SOON);
    });
  });

  document.addEventListener(
    "keydown",
    (event) => {
      if (!list || !field?.contains(event.target)) return;
      const chosen = list.querySelector("[aria-selected=true]");
      const next = { ArrowDown: chosen.nextElementSibling || list.firstElementChild, ArrowUp: chosen.previousElementSibling || list.lastElementChild };
      if (next[event.key]) select(next[event.key]);
      else if (event.key === "Enter" || event.key === "Tab") chosen.click();
      else if (event.key === "Escape") close();
      else return;
      event.preventDefault();
      event.stopPropagation();
    },
    { capture: true },
  );
  document.addEventListener("focusout", (event) => {
    if (field?.contains(event.target)) setTimeout(() => !field?.contains(document.activeElement) && close(), 100);
  });
})();
