// Appends the next page of a list of posts when its link comes near. The address is always that of the
// page one is looking at, so that reloading, going back and passing it on lead there.

const MOST = 10;
const feed = () => document.getElementById("feed");
const live = document.getElementById("live");
const older = () => document.getElementById("older");
const next = () => older().querySelector("[rel=next]");
const topOf = (element) => element.getBoundingClientRect().top;
const pages = [{ first: null, address: location.href }];
let isOver = false;
// Who goes from link to link gets to the one of the next page, and to what is below it.
let isTabbing = false;

function append(page, address) {
  const added = page.getElementById("feed");
  const fresh = [...added.children].filter(({ id }) => !id || !document.getElementById(id));
  const hadFocus = older().contains(document.activeElement);
  feed().append(...fresh);
  older().replaceWith(page.getElementById("older"));
  if (!fresh.length) return;
  pages.push({ first: fresh[0], address });
  for (const element of fresh) window.htmx?.process(element);
  fresh[0].dispatchEvent(new CustomEvent("htmx:load", { bubbles: true, detail: { elt: fresh[0] } }));
  live.textContent = added.dataset.loaded;
  if (hadFocus) fresh.find(({ localName }) => localName === "article")?.querySelector(".post-by").focus();
}

async function load(link) {
  isOver = true;
  const response = await fetch(link.href);
  // After an error the link stays, to be pressed.
  if (!response.ok || response.redirected) return;
  const html = await response.text();
  // Else news.js has begun the list anew.
  if (link.isConnected) append(new DOMParser().parseFromString(html, "text/html"), link.href);
  isOver = pages.length > MOST;
}

function look() {
  if (pages[1]?.first.isConnected === false) {
    pages.length = 1;
    isOver = false;
  }
  const link = next();
  if (link && !isOver && !isTabbing && topOf(link) < 2 * innerHeight) load(link).catch(() => {});
  if (pages.length === 1) return;
  const page = pages.findLast(({ first }) => !first || topOf(first) < innerHeight / 2);
  const post = [...feed().querySelectorAll("article")].find((article) => topOf(article) >= 0);
  const place = post && { post: post.id, top: topOf(post) };
  history.scrollRestoration = "manual";
  history.replaceState({ ...history.state, ...place }, "", page.address);
}

// Seldom enough for browsers that count how often an address changes.
let timer = 0;
addEventListener("scroll", () => {
  timer ||= setTimeout(() => {
    timer = 0;
    look();
  }, 400);
}, { passive: true });
addEventListener("keydown", ({ key }) => {
  isTabbing = key === "Tab";
});
for (const name of ["wheel", "pointerdown", "touchmove"]) {
  addEventListener(name, () => {
    isTabbing = false;
  }, { passive: true });
}

const { post, top } = history.state ?? {};
const place = post && document.getElementById(post);
if (place) scrollBy({ top: topOf(place) - top, behavior: "instant" });
