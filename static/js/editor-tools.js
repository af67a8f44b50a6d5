// The buttons of the editor and what they do to the text, and its two small dialogs.
(() => {
  const P = ProseMirror;
  const { schema } = RichText;
  const { nodes, marks } = schema;
  const ROWS = 3;
  const COLUMNS = 3;

  // --- what is around the cursor ---------------------------------------------------------------------------------------
  const around = ({ $from }, fits) => {
    for (let depth = $from.depth; depth > 0; depth -= 1) {
      if (fits($from.node(depth))) return { node: $from.node(depth), at: $from.before(depth) };
    }
    return null;
  };
  const isHeading = (level) => (node) => node.type === nodes.heading && node.attrs.level === level;
  const isList = (node) => node.type === nodes.bullet_list || node.type === nodes.ordered_list;
  const chosenPicture = ({ selection }) => (selection.node?.type === nodes.image ? selection : null);
  const hasMark = ({ doc, selection: { from, to, empty, $from }, storedMarks }, type) =>
    empty ? Boolean(type.isInSet(storedMarks || $from.marks())) : doc.rangeHasMark(from, to, type);
  const linkAt = (state) => {
    const { $from, from, to, empty } = state.selection;
    if (!empty) {
      let found = null;
      state.doc.nodesBetween(from, to, (node) => {
        found = found || marks.link.isInSet(node.marks);
      });
      return found && { from, to, href: found.attrs.href };
    }
    const is = (node) => node && marks.link.isInSet(node.marks);
    const mark = is($from.nodeAfter) || is($from.nodeBefore);
    if (!mark) return null;
    // The whole link, of whatever pieces it is made.
    const ranges = [];
    $from.parent.forEach((child, offset) => {
      if (!mark.isInSet(child.marks)) return;
      const start = $from.start() + offset;
      if (ranges.at(-1)?.to === start) ranges.at(-1).to += child.nodeSize;
      else ranges.push({ from: start, to: start + child.nodeSize });
    });
    const range = ranges.find((one) => one.from <= from && from <= one.to);
    return { ...range, href: mark.attrs.href };
  };

  // --- commands ----------------------------------------------------------------------------------------------------------
  const heading = (level) => (state, dispatch) => {
    return (around(state.selection, isHeading(level)) ? P.setBlockType(nodes.paragraph) : P.setBlockType(nodes.heading, { level }))(state, dispatch);
  };
  const list = (type) => (state, dispatch) => {
    const on = around(state.selection, isList);
    if (!on) return P.wrapInList(type)(state, dispatch);
    if (on.node.type === type) return P.liftListItem(nodes.list_item)(state, dispatch);
    dispatch?.(state.tr.setNodeMarkup(on.at, type));
    return true;
  };
  const table = (state, dispatch) => {
    if (P.isInTable(state)) return false;
    const row = (type) => nodes.table_row.create(null, Array.from({ length: COLUMNS }, () => type.createAndFill()));
    const rows = [row(nodes.table_header), ...Array.from({ length: ROWS - 1 }, () => row(nodes.table_cell))];
    const outer = around(state.selection, isList) || around(state.selection, (node) => node.type === nodes.blockquote);
    const { $from } = state.selection;
    const emptyLine = !outer && $from.parent.type === nodes.paragraph && !$from.parent.content.size && $from.depth === 1;
    const from = emptyLine ? $from.before(1) : $from.after(1);
    const to = emptyLine ? $from.after(1) : from;
    if (dispatch) {
      const made = [nodes.table.create(null, rows)];
      if (to === state.doc.content.size) made.push(nodes.paragraph.create());
      const changed = state.tr.replaceWith(from, to, made);
      dispatch(changed.setSelection(P.TextSelection.near(changed.doc.resolve(from + 3))).scrollIntoView());
    }
    return true;
  };

  const headingOf = (level) => ({ selection }) => Boolean(around(selection, isHeading(level)));
  const listOf = (type) => ({ selection }) => around(selection, isList)?.node.type === type;
  const headed = (state) => {
    const found = around(state.selection, (node) => node.type === nodes.table);
    return found?.node.firstChild.firstChild.type === nodes.table_header;
  };
  const inList = ({ selection }) => Boolean(around(selection, isList));
  const tools = {
    heading: { run: heading(2), on: headingOf(2) },
    subheading: { run: heading(3), on: headingOf(3) },
    strong: { run: P.toggleMark(marks.strong), on: (state) => hasMark(state, marks.strong) },
    em: { run: P.toggleMark(marks.em), on: (state) => hasMark(state, marks.em) },
    bullets: { run: list(nodes.bullet_list), on: listOf(nodes.bullet_list) },
    numbers: { run: list(nodes.ordered_list), on: listOf(nodes.ordered_list) },
    indent: { run: P.sinkListItem(nodes.list_item), shown: inList },
    outdent: { run: P.liftListItem(nodes.list_item), shown: inList },
    table: { run: table },
    "row-add": { run: P.addRowAfter, shown: P.isInTable },
    "column-add": { run: P.addColumnAfter, shown: P.isInTable },
    "row-remove": { run: P.deleteRow, shown: P.isInTable },
    "column-remove": { run: P.deleteColumn, shown: P.isInTable },
    "header-row": { run: P.toggleHeader("row"), shown: P.isInTable, on: headed },
    "table-remove": { run: P.deleteTable, shown: P.isInTable },
    undo: { run: P.undo },
    redo: { run: P.redo },
  };
  const keys = {
    Enter: P.splitListItem(nodes.list_item),
    "Shift-Enter": P.chainCommands(P.exitCode, (state, dispatch) => {
      dispatch?.(state.tr.replaceSelectionWith(nodes.hard_break.create()).scrollIntoView());
      return true;
    }),
    "Mod-b": tools.strong.run,
    "Mod-i": tools.em.run,
    "Mod-z": P.undo,
    "Mod-y": P.redo,
    "Mod-Shift-z": P.redo,
    "Mod-]": tools.indent.run,
    "Mod-[": tools.outdent.run,
    "Mod-Alt-2": tools.heading.run,
    "Mod-Alt-3": tools.subheading.run,
    "Mod-Alt-0": P.setBlockType(nodes.paragraph),
    Tab: P.goToNextCell(1),
    "Shift-Tab": P.goToNextCell(-1),
  };
  const written = [
    P.textblockTypeInputRule(/^##\s$/, nodes.heading, { level: 2 }),
    P.textblockTypeInputRule(/^###\s$/, nodes.heading, { level: 3 }),
    P.wrappingInputRule(/^\s*[-*•]\s$/, nodes.bullet_list),
    P.wrappingInputRule(/^1[.)]\s$/, nodes.ordered_list),
  ];

  // --- the row of buttons: one stop of the Tab key, arrows between them ------------------------------------------------------
  const toolbar = (bar, view, own) => {
    const all = { ...tools, ...own };
    const buttons = [...bar.querySelectorAll("button[data-tool]")];
    const reachable = () => buttons.filter((button) => !button.hidden && !button.closest("[hidden]"));
    const stop = (chosen) => {
      for (const button of buttons) button.tabIndex = button === chosen ? 0 : -1;
    };

    bar.addEventListener("mousedown", (event) => event.preventDefault()); // the text keeps the cursor
    bar.addEventListener("click", (event) => {
      const button = event.target.closest("button[data-tool]");
      if (!button || button.getAttribute("aria-disabled") === "true") return;
      stop(button);
      all[button.dataset.tool].run(view().state, view().dispatch, view());
      if (!own[button.dataset.tool]) view().focus();
    });
    bar.addEventListener("keydown", (event) => {
      const row = reachable();
      const at = row.indexOf(document.activeElement);
      const steps = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: row.length - 1 };
      if (event.key === "Escape") view().focus();
      if (at < 0 || !(event.key in steps)) return;
      event.preventDefault();
      const next = row[(steps[event.key] + row.length) % row.length];
      stop(next);
      next.focus();
    });
    stop(buttons[0]);

    return (state) => {
      for (const button of buttons) {
        const tool = all[button.dataset.tool];
        button.hidden = tool.shown ? !tool.shown(state) : false;
        if (tool.on) button.setAttribute("aria-pressed", String(Boolean(tool.on(state))));
        button.setAttribute("aria-disabled", String(!button.hidden && !own[button.dataset.tool] && !tool.run(state)));
      }
      for (const group of bar.querySelectorAll("[data-group]")) group.hidden = ![...group.children].some((one) => !one.hidden);
      if (!reachable().some((button) => button.tabIndex === 0)) stop(reachable()[0]);
    };
  };

  // --- dialogs: they stand outside the page's form, which their own fields are no part of ---------------------------------------
  const ask = (dialog, { fill, done, removed, closed }) => {
    document.body.append(dialog);
    const form = dialog.querySelector("form");
    const problem = dialog.querySelector("[role=alert]");
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      const problemFound = done(form.elements);
      if (problem) problem.hidden = !problemFound;
      if (problemFound) form.elements[0].focus();
      else dialog.close();
    });
    dialog.querySelector("[data-cancel]").addEventListener("click", () => dialog.close());
    dialog.querySelector("[data-remove]").addEventListener("click", () => {
      removed();
      dialog.close();
    });
    dialog.addEventListener("close", closed);
    return () => {
      if (problem) problem.hidden = true;
      fill(form.elements, dialog);
      dialog.showModal();
      form.elements[0].focus();
      form.elements[0].select?.();
    };
  };

  const linkDialog = (dialog, view) => {
    let old = null;
    return ask(dialog, {
      fill: (fields, element) => {
        const { state } = view();
        old = linkAt(state);
        fields.address.value = old?.href.replace(/^(mailto|tel):/, "") || "";
        fields.words.value = "";
        fields.words.closest("div").hidden = Boolean(old) || !state.selection.empty;
        element.querySelector("[data-remove]").hidden = !old;
      },
      done: (fields) => {
        const href = RichText.understood(fields.address.value);
        if (!href) return true;
        const { state } = view();
        const mark = marks.link.create({ href });
        const { from, to } = old || state.selection;
        const text = fields.words.value.trim() || fields.address.value.trim();
        const changed =
          old || !state.selection.empty
            ? state.tr.removeMark(from, to, marks.link).addMark(from, to, mark)
            : state.tr.replaceSelectionWith(schema.text(text, [...state.selection.$from.marks(), mark]), false);
        view().dispatch(changed.scrollIntoView());
        return false;
      },
      removed: () => view().dispatch(view().state.tr.removeMark(old.from, old.to, marks.link)),
      closed: () => view().focus(),
    });
  };

  const pictureDialog = (dialog, view, after) => {
    let saved = false;
    const open = ask(dialog, {
      fill: (fields, element) => {
        saved = false;
        const { node } = chosenPicture(view().state);
        fields.alt.value = node.attrs.alt;
        element.querySelector("img").src = node.attrs.src;
      },
      done: (fields) => {
        const { state } = view();
        const { from, node } = chosenPicture(state);
        const changed = state.tr.setNodeMarkup(from, null, { ...node.attrs, alt: fields.alt.value.trim() });
        view().dispatch(changed.setSelection(P.NodeSelection.create(changed.doc, from)));
        saved = true;
        return false;
      },
      removed: () => view().dispatch(view().state.tr.deleteSelection()),
      closed: () => {
        view().focus();
        after(saved);
      },
    });
    return () => {
      if (chosenPicture(view().state)) open();
    };
  };

  Object.assign(RichText, { chosenPicture, keys, linkAt, linkDialog, pictureDialog, toolbar, written });
})();
