// The card of a person, while one points at their name or is at it by the keyboard. It stands behind the
// link, so that Tab leads into it, and on top of all, so that nothing cuts it off.

const NAMES = ':is(main, .aside) a[href^="/@"]:not(.btn, .page-back, .dropdown-item, .hovercard *)';
const NAME = /^\/@\w+$/;
// Whose profile this page is.
const HERE = /^(\/@\w+)(?:\/[a-z]+)?$/.exec(location.pathname)?.[1];
// Milliseconds: not for a pointer on its way elsewhere, and not gone while it crosses to the card.
const BEFORE = 400;
const AFTER = 300;
const EDGE = 8;
// Each as a promise, by the path of the person.
const cards = new Map();
// The name whose card is shown or fetched, and the one whose card was closed while one stayed there.
let link = null;
let closed = null;
let card = null;
let opening = 0;
let closing = 0;

const isAt = (element) => element.matches(":hover, :focus-visible, :has(:focus-visible)");

function nameOf(target) {
  const found = target.closest?.(NAMES);
  return found && NAME.test(found.pathname) && found.pathname !== HERE ? found : null;
}

// Return null for somebody who is not there any more.
async function fetchCard(name) {
  const place = document.createElement("div");
  place.hidden = true;
  name.after(place);
  const options = { source: place, target: place, swap: "outerHTML" };
  try {
    await window.htmx.ajax("GET", `${name.pathname}/card`, options);
  } finally {
    place.remove();
  }
  const found = name.nextElementSibling;
  if (!found?.matches(".hovercard")) return null;
  found.remove();
  return found;
}

async function show(name) {
  if (!isAt(name)) return;
  hide();
  link = name;
  const path = name.pathname;
  if (!cards.has(path)) cards.set(path, fetchCard(name).catch(() => null));
  const found = await cards.get(path);
  if (!found) cards.delete(path);
  if (link !== name) return;
  if (!found || !isAt(name)) return hide();
  card = found;
  name.after(card);
  card.showPopover();
  name.setAttribute("aria-expanded", "true");
  put();
}

// Below the name or above it, and within the window.
function put() {
  if (!card) return;
  const { left, right, top, bottom } = link.getBoundingClientRect();
  const { clientWidth, clientHeight } = document.documentElement;
  if (bottom < 0 || top > clientHeight || !card.isConnected) return hide();
  const { offsetWidth, offsetHeight } = card;
  const x = document.dir === "rtl" ? right - offsetWidth : left;
  const isAbove = bottom + offsetHeight + 2 * EDGE > clientHeight && top > offsetHeight + 2 * EDGE;
  const y = isAbove ? top - EDGE - offsetHeight : bottom + EDGE;
  card.style.left = `${Math.max(EDGE, Math.min(x, clientWidth - EDGE - offsetWidth))}px`;
  card.style.top = `${Math.max(EDGE, Math.min(y, clientHeight - EDGE - offsetHeight))}px`;
}

function hide() {
  clearTimeout(closing);
  closing = 0;
  link?.removeAttribute("aria-expanded");
  // In a part of the page that was replaced, buttons no longer do anything.
  if (card && !card.isConnected) cards.delete(link.pathname);
  card?.remove();
  link = card = null;
}

function hideUnlessAt() {
  clearTimeout(closing);
  closing = 0;
  if (card && !isAt(link) && !isAt(card)) hide();
}

function leave() {
  if (card) closing ||= setTimeout(hideUnlessAt, AFTER);
}

export function look({ type, pointerType, target }) {
  if (pointerType === "touch") return;
  const name = nameOf(target);
  if (name !== closed) closed = null;
  // At once, lest it lie over what the keyboard goes to.
  if (type === "focusin") hideUnlessAt();
  else leave();
  if (!name || name === link || name === closed) return;
  clearTimeout(opening);
  opening = setTimeout(show, BEFORE, name);
}

// The keyboard stays at the name, or comes back to it.
function close({ key }) {
  if (key !== "Escape") return;
  clearTimeout(opening);
  if (!card) return;
  closed = link;
  const hadFocus = card.contains(document.activeElement);
  hide();
  if (hadFocus) closed.focus();
}

// To fetch a card changes nothing on the page, and if that fails, nobody has to know.
function keepQuiet(event) {
  if (event.detail.requestConfig?.path.endsWith("/card")) event.stopPropagation();
}

// What is done to somebody is not on a card that was fetched before.
function forget({ detail }) {
  const path = /^(\/@\w+)\/(?!card$)/.exec(detail.requestConfig?.path)?.[1];
  if (path) cards.delete(path);
}

for (const name of ["afterSettle", "responseError", "sendError", "timeout"]) {
  document.addEventListener(`htmx:${name}`, keepQuiet, true);
}
document.addEventListener("htmx:afterRequest", forget);
document.addEventListener("pointerover", look);
document.addEventListener("focusin", look);
document.addEventListener("focusout", leave);
document.addEventListener("keydown", close);
document.addEventListener("scroll", put, { capture: true, passive: true });
document.documentElement.addEventListener("pointerleave", leave);
addEventListener("resize", put);
