// HX-Trigger: {"toast": {"text": "…", "undo": "/undo/9f3/", "kind": ""}}   or the same event on <body>
// Eight seconds, standing still under the pointer or the focus; Z sends the newest "Undo" (keyboard.js).

import { clone } from "./page.js";

const box = () => document.getElementById("toasts");
const SECONDS = 8;

const leave = (toast) => {
  toast.classList.add("is-leaving");
  setTimeout(() => toast.remove(), 180);
};

const count = (toast) => {
  let left = SECONDS * 10;
  const tick = setInterval(() => {
    if (!toast.isConnected) return clearInterval(tick);
    if (toast.matches(":hover, :focus-within")) return;
    left -= 1;
    if (left <= 0) { clearInterval(tick); leave(toast); }
  }, 100);
};

export const show = ({ text, undo, kind, retry, link }) => {
  const toast = clone("t-toast");
  toast.querySelector(".toast__text").textContent = text;
  if (kind) toast.classList.add(`toast--${kind}`);
  const end = toast.querySelector("[data-toast-close]");
  if (undo) {
    const form = clone("t-undo");
    form.setAttribute("hx-post", undo);
    end.before(form);
  }
  if (link) {
    const away = clone("t-sign-in");
    away.href = link;
    end.before(away);
  }
  if (retry) {
    const button = clone("t-retry");
    button.addEventListener("click", () => { leave(toast); retry(); });
    end.before(button);
  }
  box().append(toast);
  htmx.process(toast);
  [...box().children].slice(0, -3).forEach(leave);
  if (kind !== "danger") count(toast);
};

document.addEventListener("toast", (event) => show(event.detail));
document.addEventListener("click", (event) => {
  const close = event.target.closest("[data-toast-close]");
  if (close) leave(close.closest("[data-toast]"));
});
document.addEventListener("htmx:beforeRequest", (event) => {
  const undo = event.target.closest("[data-undo]");
  if (undo) leave(undo.closest("[data-toast]"));
});
document.addEventListener("undo-last", () => {
  const forms = [...document.querySelectorAll("[data-toast]:not(.is-leaving) [data-undo]")];
  forms.at(-1)?.requestSubmit();
});
document.querySelectorAll("[data-toast]").forEach(count);
