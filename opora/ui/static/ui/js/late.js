// What only some pages need comes with the first region that asks for it, so that the other pages do without:
//   <div data-late="{{ static('ui/js/late/board.js') }}">

const asked = new Set();
const bring = (root) => root.parentElement?.querySelectorAll("[data-late]").forEach(({ dataset: { late } }) => {
  if (asked.has(late)) return;
  asked.add(late);
  document.head.append(Object.assign(document.createElement("script"), { type: "module", src: late }));
});

document.addEventListener("htmx:load", (event) => bring(event.target));
bring(document.body);
