// The session ended while somebody was typing (R1.04). A write answered by 401 leaves the page as it is: a toast offers to
// sign in in another tab and to send again, with the token of the new session. A plain form[data-once] keeps its values in
// this tab; the page that sign-in leads back to fills them in again.

import { toast, word } from "./page.js";

const freshToken = async () => {
  const page = new DOMParser().parseFromString(await (await fetch(location.href)).text(), "text/html");
  const headers = page.body.getAttribute("hx-headers");
  if (!headers) return;
  document.body.setAttribute("hx-headers", headers);
  const token = JSON.parse(headers)["X-CSRFToken"];
  document.querySelectorAll("[name=csrfmiddlewaretoken]").forEach((input) => { input.value = token; });
};

document.addEventListener("htmx:beforeOnLoad", (event) => {
  const { xhr, requestConfig, elt, target } = event.detail;
  if (xhr.status !== 401 || requestConfig.verb === "get") return;
  event.preventDefault();
  const { csrfmiddlewaretoken, ...values } = Object.fromEntries(requestConfig.formData || []);
  const retry = async () => {
    await freshToken();
    htmx.ajax(requestConfig.verb, requestConfig.path, { source: elt.isConnected ? elt : document.body, target, values });
  };
  toast(word("signed_out"), { kind: "danger", retry, link: xhr.getResponseHeader("HX-Redirect") });
});

const KEY = "typed";
const secret = (name) => name.startsWith("_") || /password|token|secret/i.test(name);

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.method !== "post" || form.matches("[hx-post], [data-hx-post]") || !("once" in form.dataset)) return;
  const values = [...new FormData(form)].filter(([name, value]) => !secret(name) && typeof value === "string");
  sessionStorage.setItem(KEY, JSON.stringify({ page: location.pathname, values }));
});

const kept = JSON.parse(sessionStorage.getItem(KEY) || "null");
const afterSignIn = new URL(document.referrer || location.href).pathname.endsWith("/sign-in/");
const form = document.querySelector("form[data-once][method=post]");
if (kept && !location.pathname.endsWith("/sign-in/")) {
  sessionStorage.removeItem(KEY);
  if (afterSignIn && kept.page === location.pathname && form) {
    for (const [name, value] of kept.values) {
      const input = form.elements[name];
      if (input?.type === "checkbox") input.checked = true;
      else if (input && input.type !== "file") input.value = value;
    }
    toast(word("typed_back"));
  }
}
