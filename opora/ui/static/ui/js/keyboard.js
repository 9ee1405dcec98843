// Single keys by event.code, so that they work on the Russian layout; never inside a field (WCAG 2.1.4: data-keys="off" on
// <body> switches single letters off).
// <button data-key="KeyS">            that key presses it; on a <details data-menu> it opens the menu
// <a data-nav="contacts">             G then C goes there
// Anything else is said as a "key" event on the document, for lists (rows.js).

import { covered, typing } from "./page.js";

const GO = { KeyT: "today", KeyC: "contacts", KeyD: "deals" };
const say = (name, detail) => document.dispatchEvent(new CustomEvent(name, { detail, cancelable: true }));
let afterG = 0;

/** The element a key means: in the row under the cursor, then in the open peek, then on the page. */
const meant = (code) => {
  const all = [...document.querySelectorAll(`[data-key="${code}"]`)].filter((x) => x.getClientRects().length);
  return all.find((x) => x.closest(".is-cursor")) || all.find((x) => x.closest(".peek")) || all[0];
};

const press = (element) => {
  if (!element.matches("details")) return element.click();
  element.open = true;
  element.querySelector(".menu a, .menu button, .menu input")?.focus();
};

const letter = (event) => {
  const { code } = event;
  if (Date.now() - afterG < 1200) {
    afterG = 0;
    const place = document.querySelector(`[data-nav="${GO[code]}"]`);
    if (place) return place.click();
  }
  if (code === "KeyG") { afterG = Date.now(); return true; }
  if (code === "KeyZ") return say("undo-last") || true;
  const element = meant(code);
  if (element) { press(element); return true; }
  return !say("key", { code, shift: event.shiftKey });
};

document.addEventListener("keydown", (event) => {
  const plain = !event.ctrlKey && !event.metaKey && !event.altKey;
  if ((event.ctrlKey || event.metaKey) && event.code === "KeyK") {
    event.preventDefault();
    return say("open-dialog", { id: "palette" });
  }
  if (typing(event.target) || covered() || !plain) return;
  if (event.key === "?") return say("open-dialog", { id: "keys" });
  if (event.code === "Slash" && !event.shiftKey) { event.preventDefault(); return say("open-dialog", { id: "palette" }); }
  const isLetter = event.code.startsWith("Key");
  if (isLetter && document.body.dataset.keys === "off") return;
  const done = isLetter ? letter(event) : !say("key", { code: event.code, shift: event.shiftKey, target: event.target });
  if (done !== false) event.preventDefault();
});
