// A value that is edited where it stands.
//   <dd data-edit hx-get="/…/field/" hx-trigger="edit" hx-target="closest .kv" hx-swap="outerHTML">   (a <td> is its own target)
// A click, or E on the row, asks for the input: a form[data-inplace] in the value's place.
// Enter or leaving it saves when something changed; Esc, or leaving it unchanged, puts the value back.

const before = new WeakMap();
let replaced = "";
const values = (form) => new URLSearchParams(new FormData(form)).toString();

document.addEventListener("click", (event) => {
  const pencil = event.target.closest(".kv__edit");
  if (event.target.closest("a, button, input, select, textarea, label, summary") && !pencil) return;
  const cell = event.target.closest("[data-edit]");
  if (!cell || String(getSelection())) return;
  event.preventDefault();
  htmx.trigger(cell, "edit");
});

document.addEventListener("htmx:beforeSwap", (event) => {
  const cell = event.detail.requestConfig?.elt;
  if (cell?.matches?.("[data-edit]")) replaced = event.detail.target.outerHTML.replaceAll(" htmx-request", "");
});

document.addEventListener("htmx:load", (event) => {
  const form = event.target.querySelector?.("form[data-inplace]") || (event.target.matches?.("form[data-inplace]") && event.target);
  if (!form || before.has(form)) return;
  before.set(form, { html: replaced, values: values(form) });
  const input = form.querySelector("input:not([type=hidden]), select, textarea");
  input?.focus();
  input?.select?.();
});

const restore = (form) => {
  const kept = before.get(form);
  const place = form.closest(".kv, td");
  if (!kept?.html || !place) return;
  before.delete(form);
  const holder = document.createElement("template");
  holder.innerHTML = kept.html;
  const back = holder.content.firstElementChild;
  place.replaceWith(back);
  htmx.process(back);
};

const leave = (form) => {
  if (!form.isConnected || form.classList.contains("htmx-request")) return;
  if (values(form) === before.get(form)?.values && !form.querySelector("[aria-invalid=true]")) restore(form);
  else form.requestSubmit();
};

document.addEventListener("focusout", (event) => {
  const form = event.target.closest?.("form[data-inplace]");
  if (form && !form.contains(event.relatedTarget)) setTimeout(() => !form.contains(document.activeElement) && leave(form));
});
document.addEventListener("change", (event) => {
  if (event.target.closest("[data-several]")) return; // a row of several values is not the whole of them
  if (event.target.matches("form[data-inplace] select, form[data-inplace] input[type=checkbox]")) event.target.form.requestSubmit();
});
document.addEventListener("keydown", (event) => {
  const form = event.target.closest?.("form[data-inplace]");
  if (form && event.key === "Escape") { event.stopPropagation(); restore(form); }
});
