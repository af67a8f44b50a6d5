// Pictures and files in the text: each is sent on its own, shown where it will stand with its progress, and tried again
// where it failed. The picture or the link takes the place when the server has it.
(() => {
  const { Decoration, DecorationSet, Plugin, PluginKey } = ProseMirror;
  const AT_ONCE = 2;
  const PLACES = new PluginKey("uploads");
  const filled = (text, value) => text.replace("%s", value);

  // Where files are on their way to: marks that move with the text.
  const places = () =>
    new Plugin({
      key: PLACES,
      state: {
        init: () => DecorationSet.empty,
        apply(transaction, set) {
          const moved = set.map(transaction.mapping, transaction.doc);
          const change = transaction.getMeta(PLACES);
          if (change?.add) return moved.add(transaction.doc, [change.add]);
          if (change?.remove) return moved.remove(moved.find(undefined, undefined, (spec) => spec.key === change.remove));
          return moved;
        },
      },
      props: {
        decorations(state) {
          return PLACES.getState(state);
        },
      },
    });

  // `says` holds the sentences, `template` the place's own HTML, `tell` speaks in the live region.
  const uploads = ({ url, form, says, template, tell }) => {
    const waiting = [];
    let number = 0;
    let running = 0;

    const found = (view, key) => PLACES.getState(view.state).find(undefined, undefined, (spec) => spec.key === key)[0];
    const leave = (view, key) => view.dispatch(view.state.tr.setMeta(PLACES, { remove: key }));

    const put = (view, key, answer) => {
      const place = found(view, key);
      if (!place) return; // the text around it was deleted meanwhile
      const { schema } = RichText;
      const node = answer.is_picture
        ? schema.nodes.image.create({ src: answer.url, alt: "" })
        : schema.text(answer.name, [schema.marks.link.create({ href: answer.url })]);
      view.dispatch(view.state.tr.setMeta(PLACES, { remove: key }).insert(place.from, node));
      tell(filled(says.added, answer.name));
    };

    const send = (view, job) => {
      running += 1;
      const { dom, file } = job;
      const bar = dom.querySelector("progress");
      dom.dataset.state = "running";
      dom.querySelector("[data-says]").textContent = "";
      bar.value = 0;
      const body = new FormData();
      body.append("file", file, file.name);
      const request = new XMLHttpRequest();
      const over = (problem, answer) => {
        running -= 1;
        if (problem) {
          dom.dataset.state = "failed";
          dom.querySelector("[data-says]").textContent = problem;
          tell(`${file.name}: ${problem}`);
        } else {
          put(view, job.key, answer);
        }
        next(view);
      };
      request.upload.addEventListener("progress", (event) => {
        if (event.lengthComputable) bar.value = event.loaded / event.total;
      });
      request.addEventListener("load", () => {
        let answer = {};
        try {
          answer = JSON.parse(request.responseText);
        } catch {
          answer = {};
        }
        if (request.status === 201 && answer.url) over(null, answer);
        else over(answer.error || (request.status === 413 ? says.tooLarge : says.failed));
      });
      for (const event of ["error", "abort", "timeout"]) request.addEventListener(event, () => over(says.noAnswer));
      request.open("POST", url);
      request.setRequestHeader("Accept", "application/json");
      request.setRequestHeader("X-Requested-With", "XMLHttpRequest");
      request.setRequestHeader("X-CSRFToken", form.elements.csrfmiddlewaretoken?.value || "");
      request.send(body);
    };

    const next = (view) => {
      while (running < AT_ONCE && waiting.length) send(view, waiting.shift());
    };

    const add = (view, files, at = view.state.selection.to) => {
      for (const file of files) {
        number += 1;
        const key = `upload-${number}`;
        const dom = template.content.firstElementChild.cloneNode(true);
        const job = { key, dom, file };
        dom.querySelector("[data-name]").textContent = file.name;
        dom.querySelector("progress").setAttribute("aria-label", file.name);
        dom.querySelector("[data-again]").addEventListener("click", () => {
          waiting.push(job);
          next(view);
        });
        dom.querySelector("[data-leave]").addEventListener("click", () => {
          leave(view, key);
          view.focus();
        });
        const widget = Decoration.widget(at, dom, { key, side: 1, stopEvent: () => true, ignoreSelection: true });
        view.dispatch(view.state.tr.setMeta(PLACES, { add: widget }));
        waiting.push(job);
      }
      next(view);
    };

    return { add, busy: () => running + waiting.length > 0 };
  };

  Object.assign(RichText, { places, uploads });
})();
