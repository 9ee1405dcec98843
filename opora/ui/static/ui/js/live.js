// One event stream per browser: the tab that leads (leader.js) listens, the others hear it over a BroadcastChannel.
//   <body data-live="/projects/demo/live/">
//   <section data-live-kind="contact" data-live-ids="42 43" hx-get="/…/" hx-trigger="live">   refetched when one of them changes
// Without data-live-ids any change of the kind counts. The stream carries kinds and ids only: {"kind": "contact", "ids": ["42"]};
// every message is also an event on the document, `live:<kind>`, and `live:again` after a lost connection.

import { lead } from "./leader.js";

const url = document.body.dataset.live;
const channel = "BroadcastChannel" in window && url ? new BroadcastChannel(`opora:${url}`) : null;
const waiting = new Map();
let timer;

const concerned = (element, kind, ids) =>
  (element.dataset.liveKind === kind || kind === "again")
  && (!element.dataset.liveIds || !ids.length || element.dataset.liveIds.split(" ").some((id) => ids.includes(id)));

const tell = () => {
  timer = null;
  for (const [kind, ids] of waiting) {
    const detail = { kind, ids: [...ids] };
    document.dispatchEvent(new CustomEvent(`live:${kind}`, { detail }));
    document.querySelectorAll("[data-live-kind]").forEach((x) => concerned(x, kind, detail.ids) && htmx.trigger(x, "live"));
  }
  waiting.clear();
};

const hear = ({ kind, ids = [] }) => {
  if (!waiting.has(kind)) waiting.set(kind, new Set());
  ids.forEach((id) => waiting.get(kind).add(String(id)));
  timer ||= setTimeout(tell, 120); // a burst becomes one refetch
};

let stream = null;
const listen = () => {
  let lost = false;
  const pass = (message) => { hear(message); channel?.postMessage(message); };
  stream = new EventSource(url);
  stream.onmessage = (event) => pass(JSON.parse(event.data));
  stream.onerror = () => { lost = true; };
  stream.onopen = () => { if (lost) pass({ kind: "again" }); lost = false; };
};
const stop = () => { stream?.close(); stream = null; };

if (url) {
  if (channel) channel.onmessage = (event) => hear(event.data);
  if (channel) lead(`opora:${url}`, listen, stop);
  else listen();
  addEventListener("pagehide", stop);
}
