// The command palette (ui/palette.html): Ctrl K or / opens it, its input asks for a fragment of options as one types,
// arrows choose, Enter opens. Options: <a class="cmdk__item" role="option" href="…">, or a button that does something.

const dialog = () => document.getElementById("palette");
const list = () => document.getElementById("palette-list");
const input = () => dialog()?.querySelector("[data-palette-input]");
const options = () => [...list().querySelectorAll('[role="option"]')];
const chosen = () => list().querySelector('[role="option"][aria-selected="true"]');

const choose = (option) => {
  options().forEach((one, n) => {
    one.id ||= `palette-${n}`;
    one.tabIndex = -1;
    one.setAttribute("aria-selected", String(one === option));
  });
  input().setAttribute("aria-expanded", String(options().length > 0));
  if (!option) return input().removeAttribute("aria-activedescendant");
  input().setAttribute("aria-activedescendant", option.id);
  return option.scrollIntoView({ block: "nearest" });
};

document.addEventListener("opened", (event) => {
  if (event.target === dialog()) htmx.trigger(input(), "open");
});
document.addEventListener("htmx:afterSettle", (event) => {
  if (event.target === list()) choose(options()[0]);
});
document.addEventListener("keydown", (event) => {
  if (!dialog()?.open) return;
  const all = options();
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (step && all.length) {
    event.preventDefault();
    choose(all[(all.indexOf(chosen()) + step + all.length) % all.length]);
  } else if (event.key === "Enter" && chosen()) {
    event.preventDefault();
    chosen().click();
  }
});
document.addEventListener("click", (event) => {
  if (event.target.closest("#palette-list [role=option]")) dialog().close();
});
