// The rich-text editor: ProseMirror over the form's own textarea, which stays the truth of what is sent.
(() => {
  const P = ProseMirror;
  const { schema } = RichText;
  const SOON = 200; // milliseconds after a change until the textarea has it
  const ADDRESS = /^(https?:\/\/|www\.)\S+$/i;

  const read = (html) =>
    P.DOMParser.fromSchema(schema).parse(new window.DOMParser().parseFromString(html, "text/html").body);

  // Written in a document that shows nothing, so that no picture is fetched for it.
  const inert = document.implementation.createHTMLDocument("");
  const write = (doc) => {
    if (doc.childCount === 1 && doc.firstChild.isTextblock && !doc.firstChild.content.size) return "";
    const holder = inert.createElement("div");
    holder.append(P.DOMSerializer.fromSchema(schema).serializeFragment(doc.content, { document: inert }));
    return holder.innerHTML;
  };

  const undescribed = (doc) => {
    const found = [];
    doc.descendants((node, at) => {
      if (node.type === schema.nodes.image && !node.attrs.alt) found.push(at);
    });
    return found;
  };

  const mount = (frame) => {
    const textarea = frame.querySelector("textarea");
    const { form } = textarea;
    const parts = frame.querySelector("template[data-editor]").content.cloneNode(true);
    const part = (selector) => parts.querySelector(selector);
    const [bar, surface, heard, prompt] = ["[data-bar]", "[data-surface]", "[data-heard]", "[data-prompt]"].map(part);
    const place = part("template[data-place]");
    const [linkForm, pictureForm] = [part("[data-link]"), part("[data-picture]")];
    const says = frame.dataset;
    let view = null;
    const current = () => view;
    const tell = (text) => {
      heard.textContent = text;
    };

    // --- files -------------------------------------------------------------------------------------------------------
    const url = form.dataset.uploadUrl;
    const files = url ? RichText.uploads({ url, form, says, template: place, tell }) : null;
    const chooser = (selector) => {
      const input = part(selector);
      input.addEventListener("change", () => {
        files.add(view, input.files);
        input.value = "";
      });
      return { run: () => input.click() };
    };

    // --- dialogs and buttons --------------------------------------------------------------------------------------------
    const describeNext = () => {
      const [next] = undescribed(view.state.doc);
      if (next === undefined) return;
      view.dispatch(view.state.tr.setSelection(P.NodeSelection.create(view.state.doc, next)).scrollIntoView());
      describe();
    };
    const askForLink = RichText.linkDialog(linkForm, current);
    const describe = RichText.pictureDialog(pictureForm, current, (saved) => saved && undescribed(view.state.doc).length && describeNext());
    prompt.querySelector("button").addEventListener("click", describeNext);
    const own = {
      link: { run: askForLink, on: (state) => Boolean(RichText.linkAt(state)) },
      describe: { run: describe, shown: (state) => Boolean(RichText.chosenPicture(state)) },
      picture: { ...chooser("[data-choose=picture]"), shown: () => Boolean(files) },
      file: { ...chooser("[data-choose=file]"), shown: () => Boolean(files) },
    };
    const show = RichText.toolbar(bar, current, own);

    // --- keeping the textarea in step --------------------------------------------------------------------------------------
    let timer;
    let stale = false;
    const sync = () => {
      clearTimeout(timer);
      if (!stale) return;
      stale = false;
      textarea.value = write(view.state.doc);
      textarea.dispatchEvent(new Event("input", { bubbles: true }));
    };
    const count = (doc) => {
      const missing = undescribed(doc).length;
      prompt.hidden = missing === 0;
      const text = missing === 1 ? says.oneUndescribed : says.undescribed.replace("%s", missing);
      if (missing) prompt.querySelector("span").textContent = text;
    };

    // --- what is pasted and dropped -----------------------------------------------------------------------------------------
    const take = (transfer, at) => {
      const given = [...(transfer?.files || [])];
      const html = transfer?.getData("text/html") || "";
      // Office programs send a picture of the text along with it: then the text is what is meant.
      if (!files || !given.length || new window.DOMParser().parseFromString(html, "text/html").body.textContent.trim()) return false;
      files.add(view, given, at);
      return true;
    };
    const takeAddress = (text) => {
      const href = ADDRESS.test(text) ? RichText.understood(text) : null;
      if (!href) return false;
      const { state } = view;
      const mark = schema.marks.link.create({ href });
      const { from, to, empty } = state.selection;
      view.dispatch(empty ? state.tr.replaceSelectionWith(schema.text(text, [mark]), false) : state.tr.addMark(from, to, mark));
      return true;
    };
    const pasted = (html) => {
      const tidied = RichText.tidied(html);
      if (tidied.files.length && files) setTimeout(() => files.add(view, tidied.files));
      if (tidied.elsewhere) tell(says.elsewhere);
      return tidied.html;
    };

    // --- the text itself ------------------------------------------------------------------------------------------------------
    const label = form.querySelector(`label[for="${textarea.id}"]`);
    if (label) {
      label.id ||= `${textarea.id}-label`;
      label.addEventListener("click", () => view.focus());
    }
    const attributes = { role: "textbox", "aria-multiline": "true", class: "rich" };
    if (label) attributes["aria-labelledby"] = label.id;
    for (const name of ["aria-describedby", "aria-invalid"]) {
      if (textarea.hasAttribute(name)) attributes[name] = textarea.getAttribute(name);
    }
    const plugins = [
      P.inputRules({ rules: RichText.written }),
      P.keymap({ ...RichText.keys, "Mod-k": () => (askForLink(), true), "Alt-F10": () => (bar.querySelector("[tabindex='0']").focus(), true) }),
      P.keymap({ Enter: (state) => Boolean(RichText.chosenPicture(state)) && (describe(), true) }),
      P.keymap(P.baseKeymap),
      P.history(),
      P.gapCursor(),
      P.tableEditing(),
      RichText.places(),
    ];
    view = new P.EditorView(surface, {
      state: P.EditorState.create({ doc: read(textarea.value), plugins }),
      attributes,
      dispatchTransaction(transaction) {
        view.updateState(view.state.apply(transaction));
        show(view.state);
        if (!transaction.docChanged) return;
        stale = true;
        clearTimeout(timer);
        timer = setTimeout(sync, SOON);
        count(view.state.doc);
      },
      handlePaste: (_, event) =>
        take(event.clipboardData) ||
        (!event.clipboardData?.getData("text/html") && takeAddress(event.clipboardData?.getData("text/plain").trim() || "")),
      handleDrop: (_, event, slice, moved) =>
        !moved && take(event.dataTransfer, view.posAtCoords({ left: event.clientX, top: event.clientY })?.pos),
      handleDoubleClickOn: (_, at, node) => node.type === schema.nodes.image && (describe(), true),
      transformPastedHTML: pasted,
    });

    textarea.required = false; // an unseen field cannot be pointed at: the server says it
    textarea.hidden = true;
    frame.querySelector("[data-plain]").hidden = true;
    frame.classList.add("is-ready");
    frame.append(parts);
    show(view.state);
    count(view.state.doc);
    form.addEventListener("formdata", (event) => {
      if (stale) event.formData.set(textarea.name, write(view.state.doc));
    });
    form.addEventListener(
      "submit",
      (event) => {
        if (files?.busy()) {
          event.preventDefault();
          tell(says.busy);
          return;
        }
        sync();
      },
      { capture: true },
    );
    window.addEventListener("pagehide", sync);
  };

  document.querySelectorAll("[data-rich-text]").forEach(mount);
})();
