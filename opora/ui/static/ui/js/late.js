// What only some pages need comes with the first region that asks for it, so that the other pages do without:
//   <div data-script="{{ static('ui/js/late/board.js') }}">

const asked = new Set();
const bring = (root) => root.parentElement?.querySelectorAll("[data-script]").forEach(({ dataset: { script } }) => {
  if (asked.has(script)) return;
  asked.add(script);
  document.head.append(Object.assign(document.createElement("script"), { type: "module", src: script }));
});

document.addEventListener("htmx:load", (event) => bring(event.target));
bring(document.body);
