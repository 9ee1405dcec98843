// <button data-dialog="keys">         opens <dialog id="keys">; a link works as a link where no script runs
// <dialog data-open-now>              opens as soon as it is swapped in, and leaves the page when it closes
// <button data-close> inside a dialog closes it; so does a click on what lies behind

const open = (dialog) => {
  if (!dialog || dialog.open) return;
  dialog.showModal();
  const first = dialog.querySelector("[autofocus], .dialog__body input:not([type=hidden]), .dialog__body select, .dialog__body textarea");
  first?.focus();
  first?.select?.();
  dialog.dispatchEvent(new CustomEvent("opened", { bubbles: true }));
};

document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-dialog]");
  const wanted = opener && document.getElementById(opener.dataset.dialog);
  if (wanted && !event.ctrlKey && !event.metaKey) {
    event.preventDefault();
    opener.closest("details[data-menu]")?.removeAttribute("open");
    open(wanted);
  }
  if (event.target.closest("[data-close]")) event.target.closest("dialog")?.close();
  if (event.target.tagName === "DIALOG") event.target.close();
  if (event.target.closest("[data-reload]")) location.reload();
  if (event.target.closest("[data-back]")) history.back();
});

document.addEventListener("close", (event) => {
  if (event.target.matches?.("dialog[data-open-now]")) event.target.remove();
}, true);

const openSwapped = () => document.querySelectorAll("dialog[data-open-now]:not([open])").forEach(open);
document.addEventListener("htmx:afterSettle", openSwapped);
document.addEventListener("open-dialog", (event) => open(document.getElementById(event.detail.id)));
document.addEventListener("close-dialogs", () => document.querySelectorAll("dialog[open]").forEach((d) => d.close()));
openSwapped();
