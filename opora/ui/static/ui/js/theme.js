// <form data-theme-form> <button name="theme" value="auto|light|dark"> changes the page at once and tells the server quietly.

import { post } from "./page.js";

const root = document.documentElement;
const night = matchMedia("(prefers-color-scheme: dark)");
const apply = (choice) => {
  root.dataset.themeChoice = choice;
  root.dataset.theme = choice === "auto" ? (night.matches ? "dark" : "light") : choice;
};

night.addEventListener("change", () => root.dataset.themeChoice === "auto" && apply("auto"));
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-theme-form] button");
  if (!button) return;
  event.preventDefault();
  event.stopPropagation();
  apply(button.value);
  button.parentElement.querySelectorAll("button").forEach((one) => one.setAttribute("aria-pressed", String(one === button)));
  post(button.form.action, { theme: button.value });
}, true);
