// A tree whose rows are put into each other by dragging their grips, or with Alt → (into the row above) and Alt ← (out).
//   <ul data-tree=""> <li> <div data-tree-item="7" data-tree-post="/settings/departments/7/parent/"> <span data-tree-grip>
// The post carries `parent`, the id of the new one; the server answers with where to go.

import { post } from "./page.js";

const row = (element) => element?.closest?.("[data-tree-item]");
const send = (item, parent) => post(item.dataset.treePost, { parent });
const inside = (item, other) => item.closest("li").contains(other);

let dragged;
const target = (event) => {
  const other = row(document.elementFromPoint(event.clientX, event.clientY));
  return other && !inside(dragged, other) ? other : null;
};
const mark = (other) => document.querySelectorAll(".tree__row").forEach((one) => one.classList.toggle("is-target", one === other));

document.addEventListener("pointerdown", (event) => {
  if (!event.target.closest("[data-tree-grip]")) return;
  event.preventDefault();
  dragged = row(event.target);
});
document.addEventListener("pointermove", (event) => dragged && mark(target(event)));
document.addEventListener("pointerup", (event) => {
  if (!dragged) return;
  const [item, other] = [dragged, target(event)];
  dragged = null;
  mark(null);
  if (other) send(item, other.dataset.treeItem);
});

document.addEventListener("keydown", (event) => {
  const item = event.altKey && ["ArrowRight", "ArrowLeft"].includes(event.key) && row(event.target);
  if (!item) return;
  event.preventDefault();
  const line = item.closest("li");
  if (event.key === "ArrowRight") {
    const above = line.previousElementSibling?.querySelector("[data-tree-item]");
    if (above) send(item, above.dataset.treeItem);
    return;
  }
  const around = line.parentElement.closest("li");
  if (around) send(item, around.parentElement.dataset.tree);
});
