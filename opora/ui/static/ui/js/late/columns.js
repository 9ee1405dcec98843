// Columns of a board as long as they like: only the cards near the eye are fetched and stand on the page.
//   <div class="board" data-board-more="/…/board/more/?…"> … <div class="col__list" data-cards> <article data-at="stamp.id"> …
//   <a class="col__more" data-rest="240">     what follows; a link where no script runs
// What lies above and below is a gap as high as its cards would be, so that the bar of a column tells the truth and may be
// dragged to any place. Cards that went far out of sight leave; one that has the focus or is on its way stays.

const NEAR = 1.5; // screens: nearer than this cards are fetched
const FAR = 3; // screens: farther than this they leave
const KEPT = 60;
const NEXT = 40; // so many come at once
const states = new WeakMap();

const cardsOf = (list) => [...list.querySelectorAll(":scope > article")];
const moreOf = (list) => list.querySelector(":scope > .col__more");
const held = (card) => card.contains(document.activeElement) || card.matches(".is-saving, .is-slot");
const yOf = (list, card) => card.getBoundingClientRect().top - list.getBoundingClientRect().top;

const fit = (list) => {
  const { above, size, gap } = states.get(list);
  const more = moreOf(list);
  gap.style.height = `${above * size}px`;
  gap.hidden = !above;
  if (more?.dataset.rest) more.style.minHeight = `${more.dataset.rest * size}px`;
};

/** Changes a column so that what a person looks at stays where it is. */
export const keeping = (list, change) => {
  const seen = cardsOf(list).find((card) => yOf(list, card) + card.offsetHeight > 0);
  const was = seen && yOf(list, seen);
  change();
  if (!states.has(list)) return;
  fit(list);
  if (list.scrollTop > 0 && seen?.isConnected) list.scrollTop += yOf(list, seen) - was;
};

/** Puts a card that came to a column at its head: out of sight where the head is. */
export const begin = (list, card) => keeping(list, () => {
  const state = states.get(list);
  if (state?.above) return; // its place is not on the page: it comes with those before the first card
  if (state) state.gap.after(card);
  else list.prepend(card);
});

const leave = (list, card, isAbove) => {
  const more = moreOf(list);
  card.remove();
  if (isAbove) states.get(list).above += 1;
  else if (more?.dataset.rest) more.dataset.rest = Number(more.dataset.rest) + 1;
};

const trim = (list, cards) => {
  const tall = list.clientHeight;
  if (list.closest(".is-dragging")) return;
  for (let left = cards.length; left > KEPT; left -= 1) {
    const [first, last] = [cards[0], cards.at(-1)];
    if (!held(first) && yOf(list, first) < -tall * FAR) leave(list, cards.shift(), true);
    else if (moreOf(list) && !held(last) && yOf(list, last) > tall * (1 + FAR)) leave(list, cards.pop(), false);
    else return;
  }
};

const put = (list, came, asked, total) => {
  const [state, old] = [states.get(list), cardsOf(list)];
  const fresh = [...came.querySelectorAll("article")].filter((card) => !document.getElementById(card.id) || asked.skip !== undefined);
  const after = asked.before === undefined;
  if (asked.skip !== undefined) { old.forEach((card) => card.remove()); state.above = fresh.length ? asked.skip : 0; }
  if (!after) state.above = fresh.length < NEXT ? 0 : Math.max(1, state.above - fresh.length);
  if (after) { moreOf(list)?.remove(); if (moreOf(came)) list.append(moreOf(came)); }
  if (asked.before !== undefined || asked.skip !== undefined) state.gap.after(...fresh);
  else old.at(-1).after(...fresh);
  const more = moreOf(list);
  if (more && total) more.dataset.rest = Math.max(1, total - state.above - cardsOf(list).length);
  fresh.forEach((card) => htmx.process(card));
  return fresh.length;
};

const ask = async (list, asked) => {
  const state = states.get(list);
  const rest = moreOf(list)?.dataset.rest;
  const total = rest ? state.above + cardsOf(list).length + Number(rest) : moreOf(list) ? 0 : state.above + cardsOf(list).length;
  const query = new URLSearchParams({ stage: list.closest("[data-column]").dataset.column, ...asked });
  state.busy = true;
  const answer = await fetch(`${list.closest("[data-board]").dataset.boardMore}&${query}`, { headers: { "HX-Request": "true" } }).catch(() => null);
  const text = answer?.ok && await answer.text();
  state.busy = false;
  if (!text || !list.isConnected) return;
  const came = new DOMParser().parseFromString(text, "text/html").body;
  let number = 0;
  keeping(list, () => { number = put(list, came, asked, total); });
  if (number) fill(list);
};

const fill = (list) => {
  const [state, cards, more] = [states.get(list), cardsOf(list), moreOf(list)];
  const tall = list.clientHeight;
  if (!state || state.busy || !cards.length || !tall) return;
  const [start, end] = [yOf(list, cards[0]), yOf(list, cards.at(-1)) + cards.at(-1).offsetHeight];
  if (!state.known) state.size = (end - start + 6) / cards.length;
  state.known ||= cards.length > 30; // from then on the bar of the column does not jump
  const place = Math.max(0, Math.floor(list.scrollTop / state.size) - 5);
  if ((more?.dataset.rest && end < -tall * 2) || (state.above && start > tall * FAR)) ask(list, { skip: place });
  else if (more && end < tall * (1 + NEAR)) ask(list, { after: cards.at(-1).dataset.at });
  else if (state.above && start > -tall * NEAR) ask(list, { before: cards[0].dataset.at });
  else keeping(list, () => trim(list, cards));
};

export const lengthen = (list) => {
  if (states.has(list) || !list.matches(".col__list")) return;
  const gap = Object.assign(document.createElement("div"), { className: "col__gap", hidden: true });
  list.prepend(gap);
  states.set(list, { above: 0, size: 98, busy: false, gap });
  let waits = 0;
  list.addEventListener("scroll", () => { waits ||= requestAnimationFrame(() => { waits = 0; fill(list); }); }, { passive: true });
  fit(list);
  fill(list);
};
