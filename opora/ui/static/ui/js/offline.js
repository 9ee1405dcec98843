// A bar on top while the server can't be reached. What is typed stays; the bar goes when the server answers again.

import { clone } from "./page.js";

const bar = () => document.querySelector(".offline");
const show = () => bar() || document.body.append(clone("t-offline"));

const check = async () => {
  try {
    await fetch(location.href, { method: "HEAD", cache: "no-store" });
    bar()?.remove();
  } catch { show(); }
};

addEventListener("offline", show);
addEventListener("online", check);
document.addEventListener("connection-lost", check);
document.addEventListener("htmx:afterOnLoad", () => bar()?.remove());
document.addEventListener("click", (event) => event.target.closest("[data-check-connection]") && check());
