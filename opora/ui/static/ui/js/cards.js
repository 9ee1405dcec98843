// The parts of a card.
//   <main data-tabs> <button data-tab-to="fields">        on a phone one part is seen at a time
//   <div data-compose-tabs> <button data-compose="task">  the composer shows one form; a link elsewhere opens it too
// A part that is fetched anew (hx-trigger "live") waits while the person types in it or has a menu open there.

import { typing } from "./page.js";

const choose = (button) => {
  button.closest("[role=tablist]")?.querySelectorAll("[role=tab]").forEach((one) => one.setAttribute("aria-selected", String(one === button)));
};

const show = (button) => {
  const page = button.closest("[data-tabs]");
  page.dataset.tab = button.dataset.tabTo;
  choose(button);
};

const compose = (name) => {
  const composer = document.querySelector("[data-compose-tabs]");
  const panel = composer?.querySelector(`#composer-${name}`);
  if (!panel) return false;
  composer.querySelectorAll("[role=tabpanel]").forEach((one) => { one.hidden = one !== panel; });
  choose(composer.querySelector(`[role=tab][data-compose="${name}"]`));
  panel.querySelector("textarea, input:not([type=hidden])").focus();
  return true;
};

document.addEventListener("click", (event) => {
  const tab = event.target.closest("[data-tab-to]");
  if (tab) return show(tab);
  const opener = event.target.closest("[data-compose]");
  if (!opener) return undefined;
  const history = document.querySelector('[data-tab-to="timeline"]');
  if (history && !opener.closest("[data-compose-tabs]")) show(history);
  if (compose(opener.dataset.compose)) event.preventDefault();
  return undefined;
});

const busy = (part) =>
  Boolean(part.querySelector(".htmx-request, form[data-inplace], form[data-conflict], details[data-menu][open]"))
  || (part.contains(document.activeElement) && typing(document.activeElement));

// before it is asked for, and again before the answer takes its place
for (const name of ["htmx:beforeRequest", "htmx:beforeSwap"]) {
  document.addEventListener(name, (event) => {
    const part = event.detail.target;
    if (!part?.matches?.("[data-live-kind][data-quiet]") || event.detail.requestConfig?.elt !== part && event.detail.elt !== part || !busy(part)) return;
    if (name === "htmx:beforeSwap") event.detail.shouldSwap = false;
    else event.preventDefault();
    part.dataset.late = "1";
  });
}
const catchUp = () => document.querySelectorAll("[data-late]").forEach((part) => {
  if (busy(part)) return;
  delete part.dataset.late;
  htmx.trigger(part, "live");
});
for (const name of ["focusout", "keyup", "toggle", "htmx:afterSettle"]) document.addEventListener(name, () => setTimeout(catchUp, 400), true);
