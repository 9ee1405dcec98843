// <details data-menu class="drop"><summary>…</summary><div class="menu">…</div></details>
// One menu at a time; arrows walk, Esc and a click outside close; the menu never leaves the window or a scrolling bar.
// data-key="KeyC" on it: that key opens it (keyboard.js). data-stay on an item keeps the menu open.

const items = (menu) => [...menu.querySelectorAll(".menu a, .menu button, .menu input, .menu select")].filter((x) => x.offsetParent);
const opened = () => document.querySelector("details[data-menu][open]");

const close = (menu, focus) => {
  if (!menu) return;
  menu.open = false;
  if (focus) menu.querySelector("summary").focus();
};

/** Takes the menu out of scrolling boxes (position: fixed) and keeps all of it in the window. */
const place = (details) => {
  const menu = details.querySelector(".menu");
  const clipped = details.closest(".bar--scroll, .table-wrap, .board, .col__list, .nav, .split__main, .peek, .card3 > *");
  if (!menu || !clipped) return;
  const from = details.getBoundingClientRect();
  menu.style.position = "fixed";
  const { width, height } = menu.getBoundingClientRect();
  const left = details.classList.contains("drop--end") ? from.right - width : from.left;
  const below = from.bottom + 4 + height <= innerHeight || from.top < height;
  menu.style.left = `${Math.max(8, Math.min(left, innerWidth - width - 8))}px`;
  menu.style.right = "auto";
  menu.style.top = `${below ? from.bottom + 4 : from.top - height - 4}px`;
};

document.addEventListener("toggle", (event) => {
  const menu = event.target;
  if (!menu.matches?.("details[data-menu]") || !menu.open) return;
  document.querySelectorAll("details[data-menu][open]").forEach((other) => other !== menu && !other.contains(menu) && close(other));
  place(menu);
}, true);

document.addEventListener("click", (event) => {
  const menu = opened();
  if (!menu) return;
  const inside = menu.contains(event.target);
  if (!inside || event.target.closest(".menu a, .menu button:not([data-stay])")) close(menu, false);
});

document.addEventListener("keydown", (event) => {
  const menu = opened();
  if (!menu) return;
  const all = items(menu);
  const at = all.indexOf(document.activeElement);
  if (event.key === "Escape") { event.stopPropagation(); close(menu, true); }
  else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    event.preventDefault();
    const step = event.key === "ArrowDown" ? 1 : -1;
    all[(at + step + all.length) % all.length]?.focus();
  }
}, true);
addEventListener("resize", () => close(opened()));
