// <textarea data-draft="contact:42:note">   what is typed is kept in this browser until it is sent (R1.04)
// After a crash or a closed tab the text is back, with a line that says so. Signing out forgets every draft.

import { clone, saved } from "./page.js";

const PREFIX = "draft:";
const key = (area) => PREFIX + location.pathname.split("/")[2] + ":" + area.dataset.draft;
const safely = (work) => { try { return work(); } catch { return null; } };

const keep = (area) => safely(() => (area.value.trim() ? localStorage.setItem(key(area), area.value) : localStorage.removeItem(key(area))));
const drop = (area) => safely(() => localStorage.removeItem(key(area)));

const bringBack = (root) => root.querySelectorAll?.("textarea[data-draft]").forEach((area) => {
  const kept = safely(() => localStorage.getItem(key(area)));
  if (!kept || area.value.trim() || area.dataset.draftSeen) return;
  area.dataset.draftSeen = "1";
  area.value = kept;
  const note = clone("t-draft");
  note.querySelector("[data-draft-drop]").addEventListener("click", () => { area.value = ""; drop(area); note.remove(); area.focus(); });
  area.after(note);
});

document.addEventListener("input", (event) => event.target.matches("textarea[data-draft]") && keep(event.target));
document.addEventListener("htmx:afterRequest", (event) => {
  if (saved(event.detail) && event.detail.requestConfig.verb !== "get") event.target.querySelectorAll?.("textarea[data-draft]").forEach(drop);
});
document.addEventListener("htmx:beforeSwap", (event) => {
  if (event.detail.requestConfig?.verb !== "get" && saved(event.detail)) event.detail.elt.querySelectorAll?.("textarea[data-draft]").forEach(drop);
});
document.addEventListener("submit", (event) => {
  if (event.target.matches("[data-sign-out]")) {
    safely(() => Object.keys(localStorage).filter((name) => name.startsWith(PREFIX)).forEach((name) => localStorage.removeItem(name)));
  } else if (!event.defaultPrevented && navigator.onLine) event.target.querySelectorAll("textarea[data-draft]").forEach(drop);
});
document.addEventListener("htmx:load", (event) => bringBack(event.target));
bringBack(document);
