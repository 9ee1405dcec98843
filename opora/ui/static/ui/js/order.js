// A list put in order by dragging its grips or by Alt ↑ ↓ on them.
//   <form data-order="{{ static('vendor/Sortable.min.js') }}" hx-post="/settings/stages/order/" hx-swap="none">
//     <div data-order-list> <div data-order-item> <input type="hidden" name="ids" value="7">
//       <button type="button" class="grip" data-grip aria-label="…">…</button>
// The form sends itself after each move: `ids` in the new order. Without a script the list has its own up and down buttons.
// Where rows have forms of their own: <div data-order="…" data-order-post="/…/order/" data-order-target="#stages">.

import { sortable } from "./page.js";

const send = (item) => {
  const box = item.closest("[data-order]");
  if (box.requestSubmit) return box.requestSubmit();
  const ids = [...box.querySelectorAll("[name=ids]")].map((input) => input.value);
  return htmx.ajax("POST", box.dataset.orderPost, { target: box.dataset.orderTarget, swap: "innerHTML", values: { ids } });
};

const setUp = async (form) => {
  const lists = form.querySelectorAll("[data-order-list]:not([data-sorted])");
  if (!lists.length) return;
  const Sortable = await sortable(form.dataset.order);
  lists.forEach((list) => {
    list.dataset.sorted = "1";
    Sortable.create(list, {
      draggable: "[data-order-item]", handle: "[data-grip]", group: list.dataset.orderList || undefined,
      animation: 160, forceFallback: true, fallbackClass: "is-drag", ghostClass: "is-slot",
      onEnd: ({ item, oldIndex, newIndex, from, to }) => (from !== to || oldIndex !== newIndex) && send(item),
    });
  });
};

document.addEventListener("keydown", (event) => {
  const grip = event.altKey && event.target.closest("[data-grip]");
  const up = event.key === "ArrowUp";
  if (!grip || !(up || event.key === "ArrowDown")) return;
  event.preventDefault();
  const item = grip.closest("[data-order-item]");
  const other = up ? item.previousElementSibling : item.nextElementSibling;
  if (!other?.matches("[data-order-item]")) return;
  if (up) other.before(item);
  else other.after(item);
  grip.focus();
  send(item);
});

const setAll = () => document.querySelectorAll("[data-order]").forEach(setUp);
document.addEventListener("htmx:afterSettle", setAll);
setAll();
