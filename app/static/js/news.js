// Asks about once a minute how many posts are new above those on the page, while somebody looks at it.

const PERIOD = 60_000;
const place = document.getElementById("news");
let failures = 0;
let timer = 0;
let askedAt = Date.now();

async function ask() {
  askedAt = Date.now();
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
  }
  wait();
}

function wait() {
  clearTimeout(timer);
  if (document.hidden || !navigator.onLine) return;
  // Not all windows of all readers at the same moment.
  const due = askedAt + PERIOD * 2 ** failures * (0.9 + Math.random() / 5) - Date.now();
  timer = setTimeout(ask, Math.max(due, Math.random() * 3000));
}

for (const name of ["visibilitychange", "htmx:load"]) document.addEventListener(name, wait);
for (const name of ["online", "offline", "pageshow"]) addEventListener(name, wait);
