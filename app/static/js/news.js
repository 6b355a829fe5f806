// Says how many posts are new above those on the page, while somebody looks at it: guests' pages ask about
// once a minute; those of members, where live.js knows of posts that they have not asked about.

const PERIOD = 60_000;
// Pages that nobody uses ask as much more seldom.
const SELDOM = 5;
// Of posts for chosen people live.js is told nothing.
const RARELY = 600_000;
const place = document.getElementById("news");
const isTold = Boolean(document.getElementById("live").dataset.script);
const openedAt = Date.now();
let newest = "";
// The first look is for what came since the page was made, which the first word of live.js does not tell.
let isFirst = isTold;
let isDue = !isTold;
let isUnused = false;
let failures = 0;
let timer = 0;
let askedAt = isTold ? 0 : Date.now();

async function ask() {
  askedAt = isFirst ? 0 : Date.now();
  isFirst = false;
  isDue = !isTold;
  try {
    const response = await fetch(place.dataset.address);
    // Signed out meanwhile, or refused: there is nothing to ask any more.
    if (response.redirected || (response.status >= 400 && response.status < 500)) return;
    if (!response.ok) throw new Error(response.status);
    failures = 0;
    const html = await response.text();
    if (html.trim() !== place.innerHTML.trim()) (await import(place.dataset.script)).show(html);
    if (place.querySelector("[data-many]")) return;
  } catch {
    failures = Math.min(failures + 1, 5);
    isDue = true;
  }
  wait();
}

function wait() {
  clearTimeout(timer);
  if (document.hidden || !navigator.onLine) return;
  const since = isDue ? askedAt : Math.max(askedAt, openedAt);
  const period = isDue ? PERIOD * (isUnused ? SELDOM : 1) : RARELY;
  // Not all windows of all readers at the same moment.
  const due = since + period * 2 ** failures * (0.9 + Math.random() / 5) - Date.now();
  timer = setTimeout(ask, Math.max(due, Math.random() * 3000));
}

document.addEventListener("live", ({ detail }) => {
  if (detail.post === newest && detail.isUnused === isUnused) return;
  isDue ||= detail.post !== newest;
  ({ post: newest, isUnused } = detail);
  wait();
});
for (const name of ["visibilitychange", "htmx:load"]) document.addEventListener(name, wait);
for (const name of ["online", "offline", "pageshow"]) addEventListener(name, wait);
