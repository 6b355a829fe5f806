// Tells the site how far home has been read: now and then, and when one leaves.

const SECONDS = 10;
// news.js may put others in their place.
const form = () => document.getElementById("reading");
// The last post that was seen to its end, and how far that was told already.
let last = null;
let told = "";
let timer = 0;

function nextUnread() {
  let element = last.nextElementSibling;
  while (element && element.localName !== "article") element = element.nextElementSibling;
  return element;
}

// What is to be read next lies below this.
function bottom() {
  const unread = nextUnread();
  // A repost has an id of its own in the list. Not a number: ids have more digits than those keep.
  if (unread) return String(BigInt(unread.dataset.key ?? unread.id.slice(1)) + 1n);
  const link = document.querySelector("#older [rel=next]");
  return link ? new URL(link.href).searchParams.get("before") : "0";
}

function tell() {
  clearTimeout(timer);
  timer = 0;
  const lo = last?.isConnected && form() ? bottom() : "";
  if (!lo || lo === told || BigInt(lo) > BigInt(form().dataset.floor)) return;
  const before = told;
  told = lo;
  const data = new FormData(form());
  data.set("lo", lo);
  const options = { method: "POST", body: new URLSearchParams(data), headers: { "HX-Request": "true" }, keepalive: true };
  fetch(form().action, options).catch(() => {
    told = before;
  });
}

const observer = new IntersectionObserver((entries) => {
  for (const { target, boundingClientRect } of entries) {
    const isRead = boundingClientRect.bottom <= innerHeight;
    if (!last?.isConnected) told = "";
    const isFurther = !last?.isConnected || last.compareDocumentPosition(target) & Node.DOCUMENT_POSITION_FOLLOWING;
    if (isRead && isFurther) last = target;
  }
  timer ||= setTimeout(tell, SECONDS * 1000);
}, { threshold: [0, 1] });

const observe = () => {
  for (const article of document.querySelectorAll("#feed article")) observer.observe(article);
};
// A page that is left at once has not been read.
setTimeout(() => {
  observe();
  document.addEventListener("htmx:load", observe);
}, 1000);
document.addEventListener("visibilitychange", () => {
  if (document.hidden) tell();
});
addEventListener("pagehide", tell);
// Before the list comes anew.
document.getElementById("news")?.addEventListener("click", tell, true);
