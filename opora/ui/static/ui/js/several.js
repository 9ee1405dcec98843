// Several values of one field, a row each (phones, e-mails). Without a script one blank row is always there.
//   <span data-several> <span data-several-row>… <button type="button" data-several-drop></span>…
//     <template><span data-several-row>…</span></template> <button type="button" data-several-add>…</span>

const focusIn = (row) => row?.querySelector("input")?.focus();

document.addEventListener("click", (event) => {
  const add = event.target.closest("[data-several-add]");
  if (add) {
    const blank = add.parentElement.querySelector("template").content.firstElementChild.cloneNode(true);
    add.before(blank);
    focusIn(blank);
    return;
  }
  const row = event.target.closest("[data-several-drop]")?.closest("[data-several-row]");
  if (!row) return;
  const box = row.closest("[data-several]");
  if (box.querySelectorAll("[data-several-row]").length === 1) {
    row.querySelector("input").value = "";
    return focusIn(row);
  }
  const next = row.nextElementSibling.matches("[data-several-row]") ? row.nextElementSibling : row.previousElementSibling;
  focusIn(next);
  row.remove();
});
