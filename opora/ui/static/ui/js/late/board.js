// A board: cards dragged between columns, walked by arrows, moved by M, changed live when others move them.
//   <div class="board" data-board="{{ static('vendor/Sortable.min.js') }}" data-board-kind="deal" data-board-changes="/…?…&ids=" data-script="{{ static('ui/js/late/board.js') }}">
//     <div class="col" data-column="<stage id>"> <span id="s-7" data-head>…</span>
//       <div class="col__list" data-cards> <article data-card="42" data-in="7" data-move="/deals/42/stage/" data-version="3">
//         <a class="deal__name" href="…">…</a> <a data-move-menu hx-get="…">⋯</a>     (data-fixed instead of data-card: may not be moved)
// A drop posts stage and _version; a refusal puts the card back. Then, and at `live:<kind>`, the changed cards and all
// figures are asked for anew and put into their places, without taking the focus and never during a drag.

import { begin, keeping, lengthen } from "./columns.js";
import { saved, sortable } from "../page.js";
import { released } from "../pointer.js";

const places = new WeakMap();
const touched = new Set();
const waiting = new Set();
let dragging = false;
let turn = 0;
let drawn = 0; // an answer that was asked for before the one drawn last tells of the past

const board = () => document.querySelector("[data-board]");
const find = (id) => board()?.querySelector(`[data-card="${id}"], [data-fixed="${id}"]`);
const listOf = (stage) => board().querySelector(`[data-column="${stage}"] > .col__list`);

const goBack = (card) => {
  const place = places.get(card);
  card.classList.remove("is-saving");
  if (!place?.list.isConnected) return;
  place.list.insertBefore(card, place.next?.parentElement === place.list ? place.next : place.list.querySelector(".col__more"));
};

const put = (id, fresh) => {
  const old = find(id);
  const list = fresh && listOf(fresh.dataset.in);
  if (old?.matches(".is-saving")) return undefined; // it hears the answer to its own move first, and is asked for anew then
  const from = old?.parentElement;
  if (!list) return from && keeping(from, () => old.remove());
  const focused = old?.contains(document.activeElement);
  if (from === list) {
    fresh.dataset.at = old.dataset.at; // it keeps its place here, by which those beside it are asked for
    keeping(list, () => old.replaceWith(fresh));
  } else {
    if (from) keeping(from, () => old.remove());
    begin(list, fresh);
  }
  htmx.process(fresh);
  return focused && fresh.querySelector("a").focus({ preventScroll: true });
};

const refresh = async (ids) => {
  const at = board();
  if (!at || !ids.length) return;
  const asked = turn += 1;
  const answer = await fetch(at.dataset.boardChanges + ids.join(","), { headers: { "HX-Request": "true" } }).catch(() => null);
  if (!answer?.ok) return;
  const came = new DOMParser().parseFromString(await answer.text(), "text/html");
  if (!dragging) await released();
  if (dragging) { ids.forEach((id) => waiting.add(id)); return; }
  if (board() !== at) return;
  if (asked < drawn) { refresh(ids); return; }
  drawn = asked;
  ids.forEach((id) => put(id, came.querySelector(`[data-card="${id}"], [data-fixed="${id}"]`)));
  came.querySelectorAll("[data-head]").forEach((head) => document.getElementById(head.id)?.replaceChildren(...head.childNodes));
};

const dropped = (card, to, from) => {
  if (to === from) return;
  touched.add(card.dataset.card);
  card.classList.add("is-saving");
  const values = { stage: to.closest("[data-column]").dataset.column, _version: card.dataset.version };
  htmx.ajax("POST", card.dataset.move, { source: card, target: card, swap: "none", values });
};

const over = (col) => {
  board()?.querySelectorAll(".is-over").forEach((other) => other.classList.remove("is-over"));
  col?.classList.add("is-over");
};

const set = async (at) => {
  const fresh = () => at.querySelectorAll("[data-cards]:not([data-sorted])");
  if (!fresh().length) return;
  const Sortable = await sortable(at.dataset.board);
  fresh().forEach((list) => {
    list.dataset.sorted = "1";
    Sortable.create(list, {
      group: "cards", draggable: "[data-card]", animation: 160, delay: 120, delayOnTouchOnly: true, forceFallback: true, sort: false,
      fallbackOnBody: true, fallbackTolerance: 4, fallbackClass: "is-drag", ghostClass: "is-slot", filter: "[data-move-menu], input",
      preventOnFilter: false, scrollSensitivity: 80, emptyInsertThreshold: 24,
      onStart: ({ item }) => {
        dragging = true;
        at.classList.add("is-dragging");
        places.set(item, { list: item.parentElement, next: item.nextElementSibling });
      },
      onMove: ({ to }) => over(to.closest(".col")),
      onEnd: ({ item, to, from }) => {
        dragging = false;
        over(null);
        at.classList.remove("is-dragging");
        dropped(item, to, from);
        refresh([...waiting]);
        waiting.clear();
      },
    });
  });
};

const setAll = () => {
  document.querySelectorAll("[data-board] .col__list").forEach(lengthen);
  document.querySelectorAll("[data-board]").forEach(set);
};
document.addEventListener("htmx:afterSettle", setAll);
document.addEventListener("htmx:afterRequest", ({ target: card, detail }) => {
  if (!card.matches?.("[data-card].is-saving")) return;
  card.classList.remove("is-saving");
  if (saved(detail)) refresh([card.dataset.card]);
  else goBack(card);
});
document.addEventListener("records:changed", () => refresh([...touched].slice(-20)));
document.addEventListener("board:new", ({ detail }) => {
  detail.ids.forEach((id) => touched.add(id));
  refresh(detail.ids);
});
document.addEventListener("htmx:afterRequest", ({ target: form, detail }) => form.matches?.("[data-quick]") && saved(detail) && form.reset());
document.addEventListener("toggle", ({ target }) => target.matches?.(".col__new[open]") && target.querySelector("[name=title]").focus(), true);
setAll();

const heard = ({ detail }) => (detail.ids.length && detail.ids.length <= 50 ? refresh(detail.ids) : reload());
const reload = async () => {
  const at = board();
  if (!at || dragging) return;
  const tops = [...at.querySelectorAll("[data-column] > .col__list")].map((list) => [list.parentElement.dataset.column, list.scrollTop]);
  const left = at.scrollLeft;
  await htmx.ajax("GET", location.href, { target: "#list", swap: "innerHTML" });
  if (!board()) return;
  setAll();
  board().scrollLeft = left;
  tops.forEach(([column, top]) => { if (top && listOf(column)) listOf(column).scrollTop = top; });
};
if (board()) document.addEventListener(`live:${board().dataset.boardKind}`, heard);
document.addEventListener("live:again", reload);

/** The card to go to from this one by a key: its neighbour above or below, or the first card of the next column that has any. */
const beside = (card, code) => {
  const step = { ArrowDown: 1, KeyJ: 1, ArrowUp: -1, KeyK: -1 }[code];
  const cards = [...card.parentElement.querySelectorAll("article")];
  if (step) return cards[cards.indexOf(card) + step];
  const columns = [...board().querySelectorAll(".col__list")].filter((list) => list.querySelector("article"));
  const list = columns[columns.indexOf(card.parentElement) + (code === "ArrowRight" ? 1 : -1)];
  return list?.querySelectorAll("article")[Math.min(cards.indexOf(card), list.querySelectorAll("article").length - 1)];
};

document.addEventListener("key", (event) => {
  const { code } = event.detail;
  const card = board()?.contains(document.activeElement) && document.activeElement.closest("article");
  if (!board() || !["KeyM", "KeyJ", "KeyK", "ArrowDown", "ArrowUp", "ArrowLeft", "ArrowRight"].includes(code)) return;
  event.preventDefault();
  if (code === "KeyM") { card?.querySelector("[data-move-menu]")?.click(); return; }
  const next = card ? beside(card, code) : board().querySelector("article");
  next?.querySelector("a").focus();
});
