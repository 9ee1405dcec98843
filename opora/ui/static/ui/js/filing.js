// The first region that takes files brings the script for it, so that other pages do without:
//   <div data-upload="…" data-upload-script="/static/ui/js/late/uploads.js">  (see uploads.js)

let asked = false;
const bring = (root) => {
  const region = !asked && root.parentElement?.querySelector("[data-upload-script]");
  if (!region) return;
  asked = true;
  document.head.append(Object.assign(document.createElement("script"), { type: "module", src: region.dataset.uploadScript }));
};

document.addEventListener("htmx:load", (event) => bring(event.target));
bring(document.body);
