// Beside the selection (rows.js): everything in the list, the panel of a job, the height of rows.
//   [data-take-all] sets #bulk [data-all]; [data-job-close] takes a [data-job-panel] away
//   [data-density-switch] higher rows, kept in this browser

const takeAll = (on) => {
  const button = document.querySelector("[data-take-all]");
  button?.setAttribute("aria-pressed", String(on));
  const flag = document.querySelector("#bulk [data-all]");
  if (flag) flag.value = on ? "1" : "";
};

document.addEventListener("change", (event) => {
  if (!event.target.matches("[data-pick], [data-pick-all]")) return;
  const button = document.querySelector("[data-take-all]");
  const whole = document.querySelector("[data-pick-all]")?.checked;
  if (button) button.hidden = !(whole && document.getElementById("more"));
  if (!whole) takeAll(false);
});
document.addEventListener("bulk:done", () => {
  takeAll(false);
  document.querySelector("[data-unpick]")?.click();
});

const density = (name) => {
  if (name) document.documentElement.dataset.density = name;
  else delete document.documentElement.dataset.density;
  try { localStorage.setItem("opora:density", name); } catch { /* a browser without storage keeps the usual height */ }
};
try { if (localStorage.getItem("opora:density") === "comfy") density("comfy"); } catch { /* as above */ }

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-job-close]")) event.target.closest("[data-job-panel]").remove();
  if (event.target.closest("[data-density-switch]")) density(document.documentElement.dataset.density === "comfy" ? "" : "comfy");
  const all = event.target.closest("[data-take-all]");
  if (all) takeAll(all.getAttribute("aria-pressed") !== "true");
});
