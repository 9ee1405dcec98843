// Tabs that don't fit scroll sideways: the current one is always in sight.
//   <nav class="tabs"><a class="tab" aria-current="true">

const reveal = () => {
  for (const tab of document.querySelectorAll(".tabs > .tab[aria-current]")) {
    const row = tab.parentElement;
    if (row.scrollWidth > row.clientWidth) row.scrollLeft = tab.offsetLeft - (row.clientWidth - tab.offsetWidth) / 2;
  }
};

document.addEventListener("htmx:afterSettle", reveal);
reveal();
