// A look at a record beside the list.  <aside class="peek" id="peek" hidden aria-label="…"></aside>
// A row with data-peek="/contacts/42/peek/" fills it on Space or on a click beside its links; J K load the neighbour.
// In the fragment: [data-peek-close], [data-peek-step="1"], [data-peek-step="-1"]. The address gets ?peek=42.

import { cursor, move } from "./rows.js";

const panel = () => document.getElementById("peek");

const address = (id) => {
  const here = new URL(location.href);
  if (id) here.searchParams.set("peek", id);
  else here.searchParams.delete("peek");
  history.replaceState(history.state, "", here);
};

const mark = (row) => {
  document.querySelectorAll("[data-row].is-open").forEach((one) => one.classList.remove("is-open"));
  row?.classList.add("is-open");
};

const show = (row) => {
  const place = panel();
  if (!place || !row?.dataset.peek) return;
  place.hidden = false;
  mark(row);
  address(row.dataset.row);
  htmx.ajax("GET", row.dataset.peek, { target: place, swap: "innerHTML", source: place });
};

const close = () => {
  const place = panel();
  if (!place || place.hidden) return false;
  place.hidden = true;
  mark(null);
  address(null);
  return true;
};

document.addEventListener("look", () => (panel()?.hidden === false ? close() : show(cursor())));
document.addEventListener("cursor", (event) => panel()?.hidden === false && show(event.target));

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-peek-close]")) return close();
  const by = event.target.closest("[data-peek-step]")?.dataset.peekStep;
  if (by) {
    const rows = [...document.querySelectorAll("[data-row]")];
    return move(rows[rows.indexOf(document.querySelector("[data-row].is-open")) + Number(by)]);
  }
  const row = event.target.closest("[data-row][data-peek]");
  if (!row || event.target.closest("a, button, input, select, textarea, label, summary, [data-edit]") || innerWidth < 720) return undefined;
  move(row);
  return panel()?.hidden ? show(row) : undefined;
});

// Esc closes the peek first; only then does the list drop its selection
document.addEventListener("key", (event) => {
  if (event.detail.code === "Escape" && close()) { event.preventDefault(); event.stopImmediatePropagation(); }
}, true);

const wanted = new URLSearchParams(location.search).get("peek");
const row = wanted && document.querySelector(`[data-row="${CSS.escape(wanted)}"]`);
if (row) { move(row); if (panel()?.hidden) show(row); }
