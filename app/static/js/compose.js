// "New post" and "Reply" lead into the text field; Ctrl+Enter or Cmd+Enter sends it, and private messages.
// Chosen pictures are attached at once, and what is typed meanwhile stays.

const form = () => document.getElementById("compose");
const field = () => document.getElementById("new-text");

function focusText() {
  const text = field();
  text?.focus();
  text?.setSelectionRange(text.value.length, text.value.length);
}

const focusIfAsked = () => {
  if (location.hash === "#compose") focusText();
};

window.addEventListener("hashchange", focusIfAsked);
document.addEventListener("click", (event) => {
  const link = event.target.closest?.('a[href$="#compose"]');
  // On the page itself the address may not change, and then there is no hashchange either.
  if (link && link.pathname === location.pathname && !event.ctrlKey && !event.metaKey) {
    requestAnimationFrame(focusText);
  }
});
document.addEventListener("keydown", (event) => {
  const isSend = event.key === "Enter" && (event.ctrlKey || event.metaKey);
  // As pressed by hand: htmx sends the name of the button that was pressed last.
  const isInside = event.target.closest?.("#compose");
  if (isSend && isInside) document.getElementById("new-send").click();
  else if (isSend) event.target.form?.querySelector("[data-sends]")?.click();
  // In a line, Enter would send the post as well, half written.
  else if (event.key === "Enter" && isInside && event.target.matches("input[type=text]")) event.preventDefault();
});
// Not before: on its way to the fragment the browser takes the focus away again.
window.addEventListener("load", () => requestAnimationFrame(focusIfAsked));

const attachButton = () => document.getElementById("new-attach");
const hideAttachButton = () => attachButton()?.setAttribute("hidden", "");

document.addEventListener("change", (event) => {
  if (event.target.id === "new-file" && event.target.files.length) attachButton().click();
});
document.addEventListener("htmx:load", hideAttachButton);
hideAttachButton();

// The composer that comes back holds what was sent. What was typed since then is put into it again.
const fields = () => [...(form()?.elements ?? [])].filter(({ id, type }) => id && !["file", "submit"].includes(type));
const valueOf = (element) => (element.type === "checkbox" ? element.checked : element.value);
let sent = new Map();
let typed = new Map();
let caret = null;

document.addEventListener("htmx:beforeRequest", ({ detail }) => {
  if (detail.elt === form()) sent = new Map(fields().map((element) => [element.id, valueOf(element)]));
});

document.addEventListener("htmx:beforeSwap", ({ detail }) => {
  if (detail.requestConfig.elt !== form()) return;
  const changed = fields().filter((element) => sent.has(element.id) && sent.get(element.id) !== valueOf(element));
  typed = new Map(changed.map((element) => [element.id, valueOf(element)]));
  const active = document.activeElement;
  caret = typed.has(active.id) && active.matches("textarea") ? [active.id, active.selectionStart] : null;
});

function putBack(isPublished) {
  for (const [id, value] of typed) {
    const element = document.getElementById(id);
    const before = sent.get(id);
    if (!element) continue;
    if (isPublished) {
      // The next post begins with what was typed after this one, but not with what was chosen for it.
      if (element === field() && value.startsWith(before)) element.value = value.slice(before.length);
    } else if (element.type === "checkbox") element.checked = value;
    else element.value = value;
  }
  typed = new Map();
}

function focusNext() {
  const element = caret && document.getElementById(caret[0]);
  const bare = [...document.querySelectorAll(".attach textarea")].find(({ value }) => !value);
  if (element) {
    element.focus();
    element.setSelectionRange(caret[1], caret[1]);
  } else (bare ?? field()).focus();
}

document.addEventListener("htmx:afterSettle", ({ detail }) => {
  if (detail.requestConfig.path !== "/posts") return;
  const isBack = Boolean(detail.xhr.getResponseHeader("HX-Retarget"));
  putBack(!isBack);
  if (isBack && detail.xhr.status < 300) focusNext();
});
