// Keeps a member's page fresh: asks now and then what there is for them, shows how much is unread, and lets
// other scripts know (the event "live" of the document). A page that nobody looks at or uses asks seldom.

const PERIOD = 20_000;
const SELDOM = 3;
const UNUSED = 60_000;
// Somebody who has just written expects an answer.
const TALKING = 120_000;
const MOST = 99;
const place = document.getElementById("live");
let usedAt = Date.now();
let askedAt = usedAt;
let failures = 0;
let timer = 0;
let isOver = false;
// The question that is under way.
let asking = null;
// Not all windows of all readers at the same moment.
let jitter = 0.9 + Math.random() / 5;

const conversation = () => document.querySelector("[data-conversation-news]")?.dataset.conversation;
const capped = (count) => (count > MOST ? `${MOST}+` : String(count));

let title = "";
if (document.querySelector("[data-badge]:not([hidden])")) title = /^\(\d+\+?\) /.exec(document.title)?.[0] ?? "";

function show(counts) {
  const more = new Set();
  for (const badge of document.querySelectorAll("[data-badge]")) {
    const count = counts[badge.dataset.badge];
    const shown = badge.firstElementChild;
    const isMore = count > parseInt(shown.textContent) && shown.textContent !== capped(count);
    shown.textContent = capped(count);
    badge.hidden = !count;
    if (isMore) more.add(badge.parentElement.textContent.trim().replace(/\s+/g, " "));
  }
  if (more.size) place.textContent = [...more].join(", ");
  const all = counts.notifications + counts.messages;
  const before = document.title.startsWith(title) ? title : "";
  title = all ? `(${capped(all)}) ` : "";
  if (title !== before) document.title = title + document.title.slice(before.length);
}

// Return null once the reader is signed out. Whatever else stands between, such as a proxy, may pass.
async function fetchTidings(signal) {
  const address = conversation() ? `/live?conversation=${conversation()}` : "/live";
  const response = await fetch(address, { signal });
  if (response.status === 204) return null;
  if (!response.ok) throw new Error(response.status);
  return response.json();
}

function tell(tidings) {
  // If somebody else has signed in, what is on the page is not theirs.
  isOver = tidings?.viewer !== place.dataset.viewer;
  if (isOver) return;
  // Whoever prevents it reads what is new at once, and asks again then.
  const event = new CustomEvent("live", { detail: { ...tidings, isUnused: isUnused() }, cancelable: true });
  if (document.dispatchEvent(event)) show(tidings);
}

async function ask() {
  clearTimeout(timer);
  asking?.abort();
  const own = (asking = new AbortController());
  const patience = setTimeout(() => own.abort(), PERIOD);
  askedAt = Date.now();
  jitter = 0.9 + Math.random() / 5;
  try {
    const tidings = await fetchTidings(own.signal);
    // An older answer knows less than the one that is coming.
    if (own !== asking) return;
    failures = 0;
    tell(tidings);
  } catch {
    if (own !== asking) return;
    failures = Math.min(failures + 1, 5);
  } finally {
    clearTimeout(patience);
  }
  asking = null;
  wait();
}

const unusedFor = () => Date.now() - usedAt;
const isUnused = () => document.hidden || unusedFor() > UNUSED;

function period() {
  const usual = Number(place.dataset.period ?? PERIOD);
  if (conversation() && !document.hidden && unusedFor() < TALKING) return usual / 4;
  return isUnused() ? usual * SELDOM : usual;
}

function wait() {
  clearTimeout(timer);
  if (isOver || asking || !navigator.onLine) return;
  const due = askedAt + period() * 2 ** failures * jitter - Date.now();
  timer = setTimeout(ask, Math.max(due, Math.random() * 1000));
}

function use() {
  if (unusedFor() < 1000) return;
  usedAt = Date.now();
  wait();
}

for (const name of ["pointerdown", "pointermove", "keydown", "scroll"]) addEventListener(name, use, { passive: true });
for (const name of ["online", "offline", "pageshow"]) addEventListener(name, wait);
document.addEventListener("visibilitychange", () => {
  if (!document.hidden) usedAt = Date.now();
  wait();
});
document.addEventListener("live-again", () => {
  if (!isOver) ask();
});
wait();
