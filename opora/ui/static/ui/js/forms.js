// <form data-once>          a second submit while the first is on its way does nothing; the button shows that it waits
// .error-summary[data-focus] takes the focus when it appears
// Ctrl Enter sends the form that has the focus; Ctrl Shift Enter presses its [data-key-save="Shift"]
// <form data-auto-submit>   a form of filters sends itself when something in it changes
// <form data-reset>         is emptied and left when it was taken: the region around it, quiet while one types, is drawn anew
// <button data-reveal="id"> shows and hides a password

const free = (form) => {
  delete form.dataset.sending;
  [...form.elements].forEach((button) => button.classList.remove("htmx-request"));
};
const freeAll = () => document.querySelectorAll("form[data-sending]").forEach(free);

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.matches("form[data-once]")) return;
  if (form.dataset.sending) {
    event.preventDefault();
    event.stopImmediatePropagation();
    return;
  }
  form.dataset.sending = "1";
  event.submitter?.classList.add("htmx-request");
  setTimeout(() => free(form), 15000);
}, true);
addEventListener("pageshow", freeAll);
document.addEventListener("htmx:afterRequest", (event) => {
  const form = event.target.closest?.("form[data-sending]");
  if (form) free(form);
});

document.addEventListener("htmx:afterRequest", (event) => {
  const form = event.detail.successful && event.target.closest?.("form[data-reset]");
  if (!form) return;
  form.reset();
  if (form.contains(document.activeElement)) document.activeElement.blur();
});

document.addEventListener("keydown", (event) => {
  const form = event.key === "Enter" && (event.ctrlKey || event.metaKey) && event.target.closest("form");
  if (!form) return;
  event.preventDefault();
  const other = event.shiftKey && form.querySelector('[data-key-save="Shift"]');
  if (other) other.click(); // htmx takes the name of a button from its click
  else form.requestSubmit();
});

document.addEventListener("change", (event) => event.target.closest("form[data-auto-submit]")?.requestSubmit());

document.addEventListener("click", (event) => {
  const eye = event.target.closest("[data-reveal]");
  if (!eye) return;
  const input = document.getElementById(eye.dataset.reveal);
  input.type = input.type === "password" ? "text" : "password";
  eye.setAttribute("aria-pressed", String(input.type === "text"));
});

const focusErrors = () => document.querySelector(".error-summary[data-focus]")?.focus();
document.addEventListener("htmx:afterSettle", (event) => event.target.querySelector?.(".error-summary[data-focus]") && focusErrors());
focusErrors();
