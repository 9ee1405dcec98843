// A panel over the page that is not a dialog: the filter of a list.
//   <a data-open-panel="id" aria-expanded> shows it, [data-close-panel] and Esc hide it; a link still works without script
//   [data-drop-condition] drops its [data-condition] row; a list of ticks (.list-choice) says in its head what is ticked

const panelOf = (opener) => document.getElementById(opener.dataset.openPanel);
const hide = (panel) => {
  panel.hidden = true;
  const opener = document.querySelector(`[data-open-panel="${panel.id}"]`);
  opener?.setAttribute("aria-expanded", "false");
  opener?.focus();
};

document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-open-panel]");
  if (opener && panelOf(opener)) {
    event.preventDefault();
    const panel = panelOf(opener);
    if (!panel.hidden) return hide(panel);
    panel.hidden = false;
    opener.setAttribute("aria-expanded", "true");
    if (!panel.querySelector("[data-condition]")) panel.querySelector("[name=more]")?.click();
    else panel.querySelector("select, input:not([type=hidden])")?.focus();
  }
  const closer = event.target.closest("[data-close-panel]");
  if (closer) { event.preventDefault(); hide(closer.closest("[data-panel]")); }
  const drop = event.target.closest("[data-drop-condition]");
  if (drop) {
    event.preventDefault();
    const form = drop.form;
    drop.closest("[data-condition]").remove();
    form.dispatchEvent(new Event("change", { bubbles: true }));
  }
});

// on the window, so that it hears Esc before the menu that the Esc was for has closed (menus.js)
addEventListener("keydown", (event) => {
  const panel = document.querySelector("[data-panel]:not([hidden])");
  if (event.key === "Escape" && panel && !document.querySelector("dialog[open], details[data-menu][open]")) { event.stopPropagation(); hide(panel); }
}, true);

document.addEventListener("change", (event) => {
  const choice = event.target.closest(".list-choice");
  if (!choice) return;
  const ticked = [...choice.querySelectorAll("input:checked")].map((input) => input.dataset.title);
  choice.querySelector("summary").textContent = ticked.join(", ") || "…";
});
