// An open conversation: appends what comes in, of which live.js knows, and tells the site that the newest
// message has been on screen.

const list = document.getElementById("bubbles");
const live = document.getElementById("live");
// On an earlier stretch there is nothing to append.
const isNewest = "conversationNews" in list.dataset;
let wanted = 0n;
let isFetching = false;
let isTelling = false;
let told = list.dataset.read ?? "0";
let isSeen = false;

const field = () => document.getElementById("msg");
const bubbles = () => [...list.children].filter(({ id }) => /^m\d+$/.test(id));
const idOf = (bubble) => BigInt(bubble?.id.slice(1) ?? 0);
const newest = () => idOf(bubbles().at(-1));
const dayOf = (line) => line.querySelector("time")?.dateTime;
const days = () => [...list.children].filter(({ id }) => !id).map(dayOf);
// Without what can be done with it, and when it was said.
const wordsOf = (bubble) => bubble.querySelector(":scope > div").textContent.trim().replace(/\s+/g, " ");

// The line to write in, which is last, stays in sight, so what is above it would lie under it.
const goToEnd = () => scrollTo({ top: document.documentElement.scrollHeight, behavior: "instant" });

// One's own messages may be there already, since the form has appended them, and with them a line of the day.
const isNew = (element) => (element.id ? !document.getElementById(element.id) : !days().includes(dayOf(element)));

function append(html) {
  const page = new DOMParser().parseFromString(html, "text/html");
  const added = [...page.body.children].filter(isNew);
  const fresh = added.filter(({ id }) => id);
  if (!fresh.length) return;
  const isBelow = isSeen;
  list.append(...added);
  for (const element of added) window.htmx?.process(element);
  list.dispatchEvent(new CustomEvent("htmx:load", { bubbles: true, detail: { elt: list } }));
  live.textContent = fresh.map(wordsOf).join(" ");
  // Who reads further up stays there.
  if (isBelow) goToEnd();
}

// The site gives a page of them at a time, and nothing once there is nothing more for this reader.
async function fetchNews() {
  while (newest() < wanted) {
    const asked = wanted;
    const response = await fetch(`${list.dataset.conversationNews}?after=${newest()}`);
    if (!response.ok || response.redirected) throw new Error(response.status);
    if (response.status !== 204) append(await response.text());
    else if (asked === wanted) return;
  }
}

async function catchUp(message) {
  if (message <= wanted || message <= newest()) return;
  const before = wanted;
  wanted = message;
  if (isFetching) return;
  isFetching = true;
  await fetchNews().catch(() => {
    wanted = before;
  });
  isFetching = false;
  // Else it is read now, and the list comes after that.
  if (!isSeen) document.dispatchEvent(new Event("conversations"));
}

document.addEventListener("live", (event) => {
  if (!isNewest) return;
  const message = BigInt(event.detail.message);
  const isComing = isFetching || (message > wanted && message > newest());
  // It will have been read in a moment.
  if (isSeen && !document.hidden && (isComing || isTelling)) event.preventDefault();
  catchUp(message);
});

async function tell() {
  const read = newest();
  if (!isSeen || document.hidden || read <= BigInt(told)) return;
  const before = told;
  told = String(read);
  const data = new FormData(document.getElementById("act"));
  data.set("message", told);
  const options = { method: "POST", body: new URLSearchParams(data), headers: { "HX-Request": "true" }, keepalive: true };
  isTelling = true;
  const response = await fetch(list.dataset.conversationRead, options).catch(() => null);
  isTelling = false;
  if (response?.ok) changed();
  else told = before;
}

// What the list beside it and the badges say is not true any more.
function changed() {
  document.dispatchEvent(new Event("conversations"));
  document.dispatchEvent(new Event("live-again"));
}

const observer = new IntersectionObserver((entries) => {
  isSeen = entries.at(-1).isIntersecting;
  tell();
});

// What came in since, the form does not know; and what it appends may have come in meanwhile.
document.addEventListener("htmx:configRequest", ({ detail }) => {
  if (detail.elt.id === "message-form" && isNewest) detail.parameters.newest = String(newest());
});

document.addEventListener("htmx:afterRequest", ({ detail }) => {
  // What asked may not be on the page any more.
  const { elt } = detail.requestConfig;
  if (elt.id === "message-form") afterSending(detail);
  else if (detail.successful && elt.closest(".bubble-menu")) afterDeleting(detail.target.id);
});

// Whoever writes goes on writing. The button was disabled meanwhile, and the form is another one now.
function afterSending({ successful }) {
  const { activeElement } = document;
  if (activeElement === document.body || activeElement.closest("#message-form")) field()?.focus({ preventScroll: true });
  if (!successful) return;
  // An answer accepts it.
  document.getElementById("request")?.remove();
  changed();
  // There may be more before it than one answer holds.
  catchUp(BigInt(document.querySelector("#message-form [name=newest]")?.value ?? 0));
}

function afterDeleting(id) {
  const place = document.getElementById(id);
  if (!place) return;
  place.tabIndex = -1;
  place.focus({ preventScroll: true });
  live.textContent = list.dataset.deleted;
  changed();
}

function once() {
  const seen = new Set();
  for (const line of [...list.children]) {
    const name = line.id || dayOf(line);
    if (name && seen.has(name)) line.remove();
    seen.add(name);
  }
}

function watch() {
  once();
  observer.disconnect();
  const last = bubbles().at(-1);
  if (last) observer.observe(last);
}

if (isNewest) {
  watch();
  document.addEventListener("htmx:load", watch);
  document.addEventListener("visibilitychange", tell);
  // Unless the address names a place in it.
  if (!location.search && !location.hash) {
    goToEnd();
  }
}
