// The list of conversations: comes anew when live.js says that something is unread or read, or when the open
// conversation has changed.

const place = document.querySelector("[data-conversations]");
let known = place?.dataset.unread;
let isDue = false;
let isAsking = false;

function show(html) {
  const page = new DOMParser().parseFromString(html, "text/html");
  const active = place.contains(document.activeElement) ? document.activeElement.getAttribute("href") : null;
  place.replaceChildren(...page.body.childNodes);
  place.dispatchEvent(new CustomEvent("htmx:load", { bubbles: true, detail: { elt: place } }));
  if (active) [...place.querySelectorAll("a")].find((link) => link.getAttribute("href") === active)?.focus({ preventScroll: true });
}

async function renew() {
  isDue = true;
  if (isAsking || document.hidden) return;
  isAsking = true;
  while (isDue) {
    isDue = false;
    const response = await fetch(place.dataset.conversations).catch(() => null);
    // Else it stays as it is until something happens again.
    if (response?.ok && !response.redirected) show(await response.text());
  }
  isAsking = false;
}

if (place) {
  document.addEventListener("live", ({ detail }) => {
    const now = String(detail.messages);
    if (known !== now) renew();
    known = now;
  });
  document.addEventListener("conversations", renew);
  document.addEventListener("visibilitychange", () => {
    if (isDue) renew();
  });
}
