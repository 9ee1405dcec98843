// What happens when an answer is a refusal, a fault of ours, or never comes. Nothing typed is touched.
// HX-Trigger: {"refused": {"text": "…", "number": "7F2C-41AB"}}   from opora.ui.refusals: a toast that stays
// A GET for a region that fails says so in that place, with "Try again"; anything else says it in a toast.

import { clone, toast, word } from "./page.js";

const again = (detail) => {
  const { verb, path, parameters, target } = detail.requestConfig;
  return () => htmx.ajax(verb, path, { source: detail.elt.isConnected ? detail.elt : document.body, target, values: parameters });
};

const inPlace = (detail) => {
  const { target, requestConfig } = detail;
  if (requestConfig.verb !== "get" || !target?.isConnected || target === document.body) return false;
  target.querySelector(":scope > .notice--danger")?.remove();
  const notice = clone("t-failed");
  const button = clone("t-retry");
  button.addEventListener("click", () => { notice.remove(); again(detail)(); });
  notice.append(button);
  target.prepend(notice);
  return true;
};

const explained = ({ text, number, status }) => text + (status >= 500 && number ? ` ${word("number")} ${number}` : "");

document.addEventListener("refused", (event) => {
  if (event.detail.status < 500) toast(event.detail.text, { kind: "danger" });
});

document.addEventListener("htmx:responseError", (event) => {
  const { xhr } = event.detail;
  if (xhr.getResponseHeader("HX-Redirect")) return;
  const { refused } = JSON.parse(xhr.getResponseHeader("HX-Trigger") || "{}");
  if (refused?.status < 500 || inPlace(event.detail)) return;
  toast(refused ? explained(refused) : word("failed"), { kind: "danger", retry: again(event.detail) });
});

for (const name of ["htmx:sendError", "htmx:timeout"]) {
  document.addEventListener(name, (event) => {
    if (event.detail.elt.matches?.("[data-quiet]")) return;
    if (!inPlace(event.detail)) toast(word("unreachable"), { kind: "danger", retry: again(event.detail) });
    document.dispatchEvent(new CustomEvent("connection-lost"));
  });
}

// the two-pixel bar, only when an answer takes longer than 200 ms
let running = 0;
let timer;
const bar = () => document.getElementById("progress");
document.addEventListener("htmx:beforeRequest", () => {
  running += 1;
  clearTimeout(timer);
  timer = setTimeout(() => running && bar()?.classList.add("is-on"), 200);
});
document.addEventListener("htmx:afterRequest", () => {
  running = Math.max(0, running - 1);
  if (!running) bar()?.classList.remove("is-on");
});
