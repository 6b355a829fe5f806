// The line that says how many posts are new, which news.js asks for. When it is pressed, the list comes anew,
// and what is being written above it stays.

const place = document.getElementById("news");
const live = document.getElementById("live");

// What one reads stays where it is; what one writes, too.
export function show(html) {
  const composer = document.getElementById("compose");
  const anchor = composer?.contains(document.activeElement) ? composer : document.getElementById("feed");
  const before = anchor.getBoundingClientRect().top;
  const isFirst = !place.firstElementChild;
  place.innerHTML = html;
  scrollBy({ top: anchor.getBoundingClientRect().top - before, behavior: "instant" });
  if (isFirst) live.textContent = place.textContent.trim();
}

const below = (line) => {
  const all = [...line.parentElement.children];
  return all.slice(all.indexOf(line) + 1);
};

async function renew(line) {
  const response = await fetch(line.href);
  const page = new DOMParser().parseFromString(await response.text(), "text/html");
  const fresh = page.getElementById("news");
  const address = fresh?.dataset.address ?? "";
  // Signed out meanwhile, the same address shows another list.
  if (!response.ok || !address.startsWith(place.dataset.address.split("=")[0])) throw new Error(response.status);
  const added = below(fresh);
  for (const element of below(place)) element.remove();
  place.replaceChildren();
  document.querySelector("[data-failed]")?.remove();
  place.after(...added);
  place.dataset.address = address;
  // Going back to here later shows it as it is then.
  history.replaceState({ isChanged: true }, "", line.href);
  for (const element of added) {
    window.htmx?.process(element);
    if (element.src) import(element.src);
  }
  place.dispatchEvent(new CustomEvent("htmx:load", { bubbles: true, detail: { elt: place.parentElement } }));
  live.textContent = line.dataset.shown;
  const first = document.querySelector("#feed article");
  if (!first) return;
  first.tabIndex = -1;
  first.focus();
}

function isWriting() {
  const composer = document.getElementById("compose");
  const fields = composer?.querySelectorAll("textarea, [type=text], [type=file]") ?? [];
  return composer?.querySelector(".attach") || [...fields].some(({ value }) => value);
}

place.addEventListener("click", (event) => {
  const line = event.target.closest("a");
  if (!line || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  renew(line).catch(() => {
    // A page that comes as a whole would take the place of what is being written.
    if (!isWriting()) location.assign(line.href);
    else document.dispatchEvent(new CustomEvent("htmx:sendError", { detail: { elt: place } }));
  });
});
