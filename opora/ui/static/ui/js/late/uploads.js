// Files picked, dropped or pasted go to the server one by one, each in a row with its progress.
//   <div data-upload="/…/api/v1/files" data-upload-about="contact:42" [data-upload-here]>  a card's files; «here» takes
//     what is dropped or pasted anywhere on the page
//   <form data-upload="…" data-upload-field="f12" data-upload-into="f12">  files a form then names: a row keeps its id
//     <ul data-upload-rows></ul> <input type="file" multiple data-upload-pick>
// It comes with the first such region (late.js) and so imports nothing.

const words = JSON.parse(document.getElementById("words")?.textContent || "{}");
const toast = (text) => document.body.dispatchEvent(new CustomEvent("toast", { bubbles: true, detail: { text } }));

const ALONE = 2; // so many at once
const waiting = [];
const shown = new Map(); // rows outlive a region that is drawn anew
let running = 0;

const keyOf = (region) => region.dataset.uploadAbout || "";
const rowsOf = (region) => region.querySelector("[data-upload-rows]");

function show(region, file) {
  const row = document.getElementById("t-upload").content.firstElementChild.cloneNode(true);
  row.querySelector("[data-name]").textContent = file.name;
  rowsOf(region).append(row);
  const key = keyOf(region);
  if (key) shown.set(key, [...(shown.get(key) || []), row]);
  return row;
}

function forget(row) {
  row.remove();
  shown.forEach((rows, key) => shown.set(key, rows.filter((each) => each !== row)));
}

function refuse(row, text) {
  row.querySelector("progress").hidden = true;
  row.querySelector("[data-error]").textContent = text;
  row.classList.add("is-wrong");
}

function end(job, request) {
  running -= 1;
  next();
  const answer = (() => { try { return JSON.parse(request.responseText); } catch { return {}; } })();
  if (request.status >= 200 && request.status < 300) {
    if (answer.warning) toast(answer.warning);
    if (job.into) return name(job, answer.id);
    forget(job.row);
    if (!shown.get(job.key)?.some((row) => !row.classList.contains("is-wrong"))) document.body.dispatchEvent(new CustomEvent("records:changed", { bubbles: true }));
    return;
  }
  refuse(job.row, Object.values(answer.fields || {})[0]?.[0] || answer.title || words[request.status === 413 ? "too_large" : "unreachable"]);
}

function name(job, id) {
  job.row.querySelector("progress").remove();
  job.row.classList.add("is-done");
  [[job.into, id], [`${job.into}_name`, job.file.name]].forEach(([title, value]) =>
    job.row.append(Object.assign(document.createElement("input"), { type: "hidden", name: title, value })));
}

function next() {
  while (running < ALONE && waiting.length) send(waiting.shift());
}

function send(job) {
  if (job.cancelled) return;
  running += 1;
  const request = new XMLHttpRequest();
  job.cancel = () => request.abort();
  request.open("POST", job.url);
  request.setRequestHeader("Idempotency-Key", job.id);
  Object.entries(JSON.parse(document.body.getAttribute("hx-headers") || "{}")).forEach(([title, value]) => request.setRequestHeader(title, value));
  request.upload.addEventListener("progress", (event) => { job.row.querySelector("progress").value = (event.loaded / event.total) * 100; });
  request.addEventListener("load", () => end(job, request));
  request.addEventListener("error", () => end(job, request));
  request.addEventListener("abort", () => { running -= 1; forget(job.row); next(); });
  const form = new FormData();
  Object.entries(job.sent).forEach(([title, value]) => value && form.append(title, value));
  form.append("file", job.file);
  request.send(form);
}

function take(region, files) {
  const { upload, uploadAbout, uploadField, uploadInto, uploadMost } = region.dataset;
  [...files].forEach((file) => {
    if (uploadMost === "1") rowsOf(region).replaceChildren();
    const row = show(region, file);
    const id = [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
    const job = { id, file, row, url: upload, into: uploadInto, key: keyOf(region), sent: { about: uploadAbout, field: uploadField } };
    row.querySelector("[data-upload-drop]").addEventListener("click", () => {
      job.cancelled = true;
      if (job.cancel && !row.matches(".is-wrong, .is-done")) job.cancel();
      else forget(row);
    });
    waiting.push(job);
  });
  next();
}

const regionFor = (element) => element?.closest?.("[data-upload]") || document.querySelector("[data-upload-here]");

document.addEventListener("change", (event) => {
  if (!event.target.matches("[data-upload-pick]")) return;
  take(event.target.closest("[data-upload]"), event.target.files);
  event.target.value = "";
});
document.addEventListener("dragover", (event) => {
  const region = event.dataTransfer?.types.includes("Files") && regionFor(event.target);
  if (!region) return;
  event.preventDefault();
  region.classList.add("is-over");
});
["dragleave", "drop"].forEach((kind) => document.addEventListener(kind, () => document.querySelectorAll("[data-upload].is-over").forEach((region) => region.classList.remove("is-over"))));
document.addEventListener("drop", (event) => {
  const region = event.dataTransfer?.files.length && regionFor(event.target);
  if (!region) return;
  event.preventDefault();
  take(region, event.dataTransfer.files);
});
document.addEventListener("paste", (event) => {
  const region = event.clipboardData?.files.length && regionFor(event.target);
  if (!region) return;
  event.preventDefault();
  take(region, event.clipboardData.files);
});
document.addEventListener("click", (event) => event.target.closest("[data-upload-gone]")?.closest("li").remove());
document.addEventListener("submit", (event) => {
  const rows = event.target.querySelectorAll("[data-upload-rows] > li:not(.is-done, .is-wrong)");
  if (!rows.length) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  toast(words.uploading);
}, true);
document.addEventListener("htmx:load", (event) => {
  const regions = [event.target, ...(event.target.querySelectorAll?.("[data-upload]") || [])].filter((each) => each.matches?.("[data-upload]"));
  regions.forEach((region) => shown.get(keyOf(region))?.forEach((row) => rowsOf(region).append(row)));
});
