// Single keys, for members who have them on (data-keys): from post to post, and what can be done with
// one. They are listed on the page /keyboard, which ? shows.

const OTHERS = "input, textarea, select, dialog, [contenteditable]";
const main = document.getElementById("main");
const posts = () => [...main.querySelectorAll("article.post")];

const current = () => document.activeElement.closest("article.post") ?? main.querySelector(".post-focus");

function go(by) {
  const all = posts();
  const at = all.indexOf(document.activeElement.closest("article.post"));
  // From nowhere to the first that is to be seen.
  const start = all.findIndex((post) => post.getBoundingClientRect().bottom > innerHeight / 4);
  const post = all[at < 0 ? start : at + by];
  if (!post) return;
  post.tabIndex = -1;
  post.focus({ preventScroll: true });
  post.scrollIntoView({ block: "nearest" });
}

const press = (selector) => current()?.querySelector(selector)?.click();

function search() {
  const field = document.getElementById("page-q") ?? document.getElementById("aside-q");
  if (field?.checkVisibility()) field.focus();
  else location.assign("/search");
}

async function help() {
  // On their own page they are to be seen already.
  if (document.getElementById("keys")) return;
  const response = await fetch("/keyboard");
  const page = new DOMParser().parseFromString(await response.text(), "text/html");
  const part = page.getElementById("keys");
  if (!response.ok || !part) throw new Error(`no list of keys: ${response.status}`);
  if (document.getElementById("keys")) return;
  const dialog = document.createElement("dialog");
  dialog.className = "panel";
  dialog.setAttribute("aria-labelledby", "keys-h");
  dialog.append(part);
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
}

const KEYS = {
  j: () => go(1),
  k: () => go(-1),
  l: () => press(".action-like"),
  b: () => press("[id$=-bookmark]"),
  r: () => press('a.action[href$="#compose"]'),
  "/": search,
  "?": () => help().catch(() => location.assign("/keyboard")),
};

document.addEventListener("keydown", (event) => {
  const { key, code, target } = event;
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || event.defaultPrevented) return;
  if (target.closest?.(OTHERS) || !("keys" in document.documentElement.dataset)) return;
  // Where keys write another script, the one that would write the letter.
  const name = key.charCodeAt(0) < 128 ? key : code.replace("Key", "").toLowerCase();
  const action = Object.hasOwn(KEYS, name) && KEYS[name];
  if (!action || (event.repeat && !"jk".includes(name))) return;
  event.preventDefault();
  action();
});
