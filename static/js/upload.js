// Adding files, each in a request of its own with its progress: chosen, dragged here, pasted, or taken by a camera.
// What fails says why in words and can be tried again. Without this script the form sends all chosen files at once.
(() => {
  const MB = 1024 * 1024;
  const written = new Intl.NumberFormat(document.documentElement.lang, { maximumFractionDigits: 1 });
  const size = (bytes) => `${written.format(bytes / MB)} MB`;
  const filled = (text, ...values) => values.reduce((done, value) => done.replace("%s", value), text);

  const takeOver = (form) => {
    const says = form.dataset;
    const list = form.querySelector(".uploads");
    const template = form.querySelector("template");
    const chooser = form.querySelector("input[type=file]:not([capture])");
    const camera = form.querySelector("input[capture]");
    const waiting = [];
    let sending = false;

    const row = (file) => {
      const item = template.content.firstElementChild.cloneNode(true);
      item.querySelector(".t").textContent = file.name;
      item.querySelector("progress").setAttribute("aria-label", file.name);
      list.hidden = false;
      list.append(item);
      return item;
    };
    const say = (item, text, state = "") => {
      item.dataset.state = state;
      item.querySelector(".small").textContent = text;
      item.querySelector("progress").hidden = state !== "";
      item.querySelector("button").hidden = state !== "failed";
    };

    const send = (file, item) =>
      new Promise((done) => {
        const most = Number(file.type.startsWith("video/") ? says.mostVideo : says.most);
        if (file.size > most) {
          say(item, filled(says.tooLarge, size(most)), "failed");
          done(false);
          return;
        }
        const body = new FormData();
        form.querySelectorAll("input[type=hidden], select").forEach((field) => body.append(field.name, field.value));
        body.append("file", file, file.name);
        const request = new XMLHttpRequest();
        const failed = (text) => {
          say(item, text, "failed");
          done(false);
        };
        request.upload.addEventListener("progress", (event) => {
          if (!event.lengthComputable) return;
          item.querySelector("progress").value = event.loaded / event.total;
          const all = event.loaded >= event.total;
          say(item, all ? says.checking : filled(says.progress, size(event.loaded), size(event.total)));
        });
        request.addEventListener("load", () => {
          let answer = {};
          try {
            answer = JSON.parse(request.responseText);
          } catch {
            answer = {};
          }
          if (request.status !== 201) {
            failed(answer.error || (request.status === 413 ? filled(says.tooLarge, size(most)) : says.failed));
            return;
          }
          item.querySelector(".t").textContent = answer.name;
          say(item, says.done, "done");
          done(true);
        });
        request.addEventListener("error", () => failed(says.noAnswer));
        request.addEventListener("abort", () => failed(says.noAnswer));
        request.open("POST", form.action);
        request.setRequestHeader("Accept", "application/json");
        request.setRequestHeader("X-Requested-With", "XMLHttpRequest");
        say(item, filled(says.progress, size(0), size(file.size)));
        request.send(body);
      });

    // The page is shown anew with what was added, unless somebody has typed something on it, or something failed.
    const typed = () =>
      [...document.querySelectorAll("textarea, input[type=text]")].some((field) => field.value !== field.defaultValue);
    const refresh = () => {
      if (!list.querySelector("[data-state=failed]") && !typed()) location.reload();
    };

    const work = async () => {
      if (sending) return;
      sending = true;
      let added = false;
      while (waiting.length) {
        const [file, item] = waiting.shift();
        added = (await send(file, item)) || added;
      }
      sending = false;
      if (added) refresh();
    };

    const add = (files) => {
      for (const file of files) {
        const item = row(file);
        item.querySelector("button").addEventListener("click", () => {
          waiting.push([file, item]);
          work();
        });
        say(item, filled(says.progress, size(0), size(file.size)));
        waiting.push([file, item]);
      }
      work();
    };

    form.querySelectorAll(".scripted").forEach((part) => {
      part.hidden = false;
    });
    form.querySelector("button[type=submit]").hidden = true;
    if (camera && matchMedia("(pointer: coarse)").matches) {
      form.querySelector(".camera").hidden = false;
      camera.hidden = false;
    }
    for (const input of [chooser, camera]) {
      input?.addEventListener("change", () => {
        add([...input.files]);
        input.value = "";
      });
    }
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      add([...chooser.files]);
      chooser.value = "";
    });

    const brought = (event) => [...(event.dataTransfer?.items ?? [])].some((one) => one.kind === "file");
    form.addEventListener("dragover", (event) => {
      if (!brought(event)) return;
      event.preventDefault();
      form.classList.add("over");
    });
    form.addEventListener("dragleave", (event) => {
      if (!form.contains(event.relatedTarget)) form.classList.remove("over");
    });
    form.addEventListener("drop", (event) => {
      if (!event.dataTransfer.files.length) return;
      event.preventDefault();
      form.classList.remove("over");
      add([...event.dataTransfer.files]);
    });
    document.addEventListener("paste", (event) => {
      const pasted = [...(event.clipboardData?.files ?? [])];
      if (!pasted.length || event.defaultPrevented || event.target.closest?.("[contenteditable], textarea, input")) return;
      event.preventDefault();
      const now = new Date().toLocaleString(document.documentElement.lang).replace(/[:/]/g, ".");
      // A pasted picture has no name of its own: each browser calls it "image.png".
      add(pasted.map((file) => (file.name === "image.png" ? new File([file], `${now}.png`, { type: file.type }) : file)));
    });
  };

  document.querySelectorAll("form[data-upload]").forEach(takeOver);
})();
