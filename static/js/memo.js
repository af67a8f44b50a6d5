// One more line of decisions or tasks without asking the server; without scripts the same buttons ask it.
(() => {
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-adds]");
    if (!button) return;
    const prefix = button.dataset.adds;
    const total = document.getElementById(`id_${prefix}-TOTAL_FORMS`);
    const most = Number(document.getElementById(`id_${prefix}-MAX_NUM_FORMS`).value);
    const number = Number(total.value);
    event.preventDefault();
    if (number >= most) return;
    const holder = document.createElement("template");
    holder.innerHTML = document.getElementById(`${prefix}-empty`).innerHTML.replaceAll("__prefix__", String(number));
    const line = holder.content.firstElementChild;
    line.querySelector("label .num").textContent = String(number + 1);
    document.getElementById(`${prefix}-lines`).append(line);
    total.value = String(number + 1);
    window.htmx?.process(line);
    line.querySelector("textarea, input:not([type=hidden])").focus();
  });
})();
