// A list that stays true while it is open.
//   <table data-rows data-live-rows="/contacts/rows/?…" data-newest> inside [data-list="contact"]
//     rows that changed are drawn anew in their place; new ones come on top of the newest-first list, and where the
//     pointer or the scroll stands in the table a button says so instead, so that nothing moves under the hand

import { released } from "./pointer.js";

const root = () => document.querySelector("[data-list]");
const table = () => root()?.querySelector("table[data-live-rows]");
const rowOf = (id) => table()?.querySelector(`[data-row="${CSS.escape(id)}"]`);
const shown = () => [...(table()?.querySelectorAll("[data-row]") || [])];

const fetchRows = async (ids) => {
  const url = new URL(table().dataset.liveRows, location.href);
  url.searchParams.set("ids", ids.slice(0, 200).join(","));
  const answer = await fetch(url, { headers: { "HX-Request": "true" } });
  if (!answer.ok) return null;
  const holder = document.createElement("template");
  holder.innerHTML = await answer.text();
  return [...holder.content.querySelectorAll("tr[data-row]")];
};

const replace = (old, row) => {
  if (old.querySelector("form[data-inplace], :focus-visible")) return;
  for (const name of ["is-cursor", "is-open", "is-selected"]) row.classList.toggle(name, old.classList.contains(name));
  row.querySelector("[data-pick]").checked = Boolean(old.querySelector("[data-pick]")?.checked);
  old.replaceWith(row);
  htmx.process(row);
};

const busy = () => {
  const wrap = table().closest(".table-wrap");
  return wrap.scrollTop > 0 || table().matches(":hover") || Boolean(table().querySelector("[data-pick]:checked, form[data-inplace]"));
};

const fresh = new Set();
const announce = (ids) => {
  ids.forEach((id) => fresh.add(id));
  const pill = root().querySelector("[data-fresh]");
  const text = pill.querySelector("[data-fresh-text]");
  text.textContent = text.dataset.words.replace("{n}", fresh.size);
  pill.hidden = false;
};

const insert = (rows) => {
  const body = table().tBodies[0];
  for (const row of rows.reverse()) { body.prepend(row); htmx.process(row); }
};

const refresh = async (ids) => {
  if (!table() || !ids.length) return;
  const known = ids.filter(rowOf);
  const rows = await fetchRows("newest" in table().dataset ? ids : known);
  await released();
  if (!rows || !table()) return;
  const added = [];
  for (const row of rows) {
    const old = rowOf(row.dataset.row);
    if (old) replace(old, row);
    else added.push(row);
  }
  const here = new Set(rows.map((row) => row.dataset.row));
  known.filter((id) => !here.has(id)).forEach((id) => (busy() ? rowOf(id)?.classList.add("is-trashed") : rowOf(id)?.remove()));
  if (added.length && busy()) announce(added.map((row) => row.dataset.row));
  else if (added.length) insert(added);
};

const listen = () => {
  const kind = root()?.dataset.list;
  if (!kind || listen.kind === kind) return;
  listen.kind = kind;
  document.addEventListener(`live:${kind}`, (event) => {
    if (root()?.dataset.list !== kind) return;
    if (table()) refresh(event.detail.ids);
    else if (root().querySelector(".empty-state")) htmx.ajax("GET", location.href, { target: "#list" }); // its first row
  });
};
listen();
document.addEventListener("records:changed", () => refresh(shown().map((row) => row.dataset.row)));
document.addEventListener("live:again", () => refresh(shown().map((row) => row.dataset.row)));
document.addEventListener("htmx:afterSettle", (event) => { if (event.target.id === "list") { fresh.clear(); listen(); } });
