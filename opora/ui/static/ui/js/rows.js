// A list walked by keys, with picked rows and a bar of actions for them.
//   <form id="bulk" method="post">…</form>
//   <table data-rows> <input type="checkbox" data-pick-all>
//     <tr data-row="42" data-href="/contacts/42/" data-peek="/contacts/42/peek/">
//       <input type="checkbox" data-pick name="ids" value="42" form="bulk">
//   <div class="bulk" data-bulk hidden><span data-bulk-count></span> <button form="bulk" formaction="/…/">…</button>
//     <button data-unpick>×</button></div>
// J K ↓ ↑ move, X picks, Shift X picks a range, Space looks (peek.js), Enter opens, Esc drops.

import { word } from "./page.js";

const list = () => document.querySelector("[data-rows]");
const rows = () => [...(list()?.querySelectorAll("[data-row]") || [])];
export const cursor = () => list()?.querySelector("[data-row].is-cursor");
const box = (row) => row.querySelector("[data-pick]");
let last = null;

const count = () => {
  const all = rows();
  const picked = all.filter((row) => box(row)?.checked);
  all.forEach((row) => row.classList.toggle("is-selected", Boolean(box(row)?.checked)));
  const whole = list()?.querySelector("[data-pick-all]");
  if (whole) {
    whole.checked = picked.length > 0 && picked.length === all.length;
    whole.indeterminate = picked.length > 0 && picked.length < all.length;
  }
  const bar = document.querySelector("[data-bulk]");
  if (!bar) return;
  bar.hidden = !picked.length;
  bar.querySelector("[data-bulk-count]").textContent = word("selected", { n: picked.length });
};

const pick = (row, on) => {
  const input = box(row);
  if (input) input.checked = on ?? !input.checked;
};

const pickTo = (row) => {
  const all = rows();
  const [from, to] = [all.indexOf(last || row), all.indexOf(row)].sort((a, b) => a - b);
  all.slice(from, to + 1).forEach((one) => pick(one, true));
};

export const move = (row) => {
  if (!row) return;
  cursor()?.classList.remove("is-cursor");
  row.classList.add("is-cursor");
  row.scrollIntoView({ block: "nearest" });
  row.dispatchEvent(new CustomEvent("cursor", { bubbles: true }));
};

const step = (by) => {
  const all = rows();
  const at = all.indexOf(cursor());
  move(all[Math.max(0, Math.min(all.length - 1, at + by))]);
};

const ACTS = {
  KeyJ: () => step(1), ArrowDown: () => step(1), KeyK: () => step(-1), ArrowUp: () => step(-1),
  KeyX: (row, shift) => { if (!row) return; shift ? pickTo(row) : pick(row); last = row; count(); },
  Enter: (row) => { if (row?.dataset.href) location.href = row.dataset.href; },
  Space: (row) => row?.dispatchEvent(new CustomEvent("look", { bubbles: true })),
  KeyE: (row) => row?.querySelector("[data-edit]")?.dispatchEvent(new CustomEvent("edit", { bubbles: true })),
  Escape: () => { rows().forEach((row) => pick(row, false)); count(); },
};

document.addEventListener("key", (event) => {
  const { code, shift, target } = event.detail;
  const row = cursor();
  const act = list() && ACTS[code];
  if (!act || (target?.closest?.("a, button, summary") && (code === "Enter" || code === "Space"))) return;
  if (!row && (code === "Enter" || code === "Space")) return;
  event.preventDefault();
  act(row, shift);
});

document.addEventListener("change", (event) => {
  if (event.target.matches("[data-pick-all]")) rows().forEach((row) => pick(row, event.target.checked));
  if (event.target.matches("[data-pick-all], [data-pick]")) count();
});
document.addEventListener("click", (event) => {
  if (event.target.closest("[data-unpick]")) ACTS.Escape();
});
document.addEventListener("htmx:afterSettle", count);
addEventListener("pageshow", count);
