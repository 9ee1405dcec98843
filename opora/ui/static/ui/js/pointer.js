// Nothing is drawn anew under a pressed finger or button: press and release would be on two elements, and the click lost.
//   await released();           before a place is drawn anew by what others did
//   <section data-live-kind>    its own refetch waits by itself

let pressed = null;
const waiting = new Set();

export const released = () => (pressed ? new Promise((go) => { waiting.add(go); }) : Promise.resolve());

// after the click that follows the release
const release = () => setTimeout(() => {
  pressed = null;
  waiting.forEach((go) => go());
  waiting.clear();
});

addEventListener("pointerdown", (event) => { pressed = event.target; }, true);
for (const name of ["pointerup", "pointercancel", "blur"]) addEventListener(name, release, true);

document.addEventListener("htmx:beforeSwap", (event) => {
  const { target, requestConfig } = event.detail;
  if (!pressed || !requestConfig.elt.matches("[data-live-kind]") || !target.contains(pressed)) return;
  event.detail.shouldSwap = false;
  released().then(() => requestConfig.elt.isConnected && htmx.trigger(requestConfig.elt, "live"));
});
