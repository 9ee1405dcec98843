// What the behaviours share: words, clones of templates, "is the person typing?", a POST with the page's token.

const said = JSON.parse(document.getElementById("words")?.textContent || "{}");

/** A translated sentence of ui/words.html by its name. */
export const word = (name, values = {}) =>
  Object.entries(values).reduce((text, [key, value]) => text.replace(`{${key}}`, value), said[name] || name);

/** A copy of <template id="t-…">'s first element. */
export const clone = (id) => document.getElementById(id).content.firstElementChild.cloneNode(true);

/** True inside anything that takes letters, where single keys must do nothing. */
export const typing = (element) =>
  Boolean(element?.closest?.("input:not([type=checkbox]):not([type=radio]), textarea, select, [contenteditable]"));

/** True when a dialog or a menu lies over the page. */
export const covered = () => Boolean(document.querySelector("dialog[open], details[data-menu][open]"));

/** True when the server did what was asked; htmx calls a swapped refusal a success too. */
export const saved = ({ xhr }) => xhr.status >= 200 && xhr.status < 300;

/** Shows a toast; the same event the server sends by HX-Trigger. */
export const toast = (text, more = {}) =>
  document.body.dispatchEvent(new CustomEvent("toast", { bubbles: true, detail: { text, ...more } }));

/** Sends a form's worth of values to an address, as htmx would: same headers, same answers. */
export function post(url, values, source = document.body) {
  return htmx.ajax("POST", url, { source, values, swap: "none" });
}

let drawing;
/** SortableJS, fetched by the first page that drags. */
export const sortable = (src) => (drawing ||= new Promise((done) => {
  const script = Object.assign(document.createElement("script"), { src, onload: () => done(window.Sortable) });
  document.head.append(script);
}));
