// Around requests: say what went wrong, keep the place of the keyboard, read out what happened, send nothing twice.

// The small actions of posts go where their buttons say already. Runs before htmx looks at the page.
function sendInPlace() {
  const buttons = document.querySelectorAll(":is(.action[formaction], [data-in-place]):not([hx-post])");
  for (const button of buttons) {
    button.setAttribute("hx-post", button.getAttribute("formaction"));
    if (document.readyState === "complete") window.htmx.process(button);
  }
}

sendInPlace();
document.addEventListener("htmx:load", sendInPlace);

const live = document.getElementById("live");
const template = document.getElementById("failed");

// What keeps members' pages fresh comes when all else is there. Without it they are as without scripts.
const { script } = live?.dataset ?? {};
if (script) addEventListener("load", () => import(script).catch(() => {}));

function reasonFor(status) {
  if (status === 413) return "large";
  if (status === 404) return "gone";
  if (status === 429) return "limit";
  if (status >= 500) return "server";
  return status ? "refused" : "network";
}

function removeAlert() {
  document.querySelector("[data-failed]")?.remove();
}

// The words of the site, if its answer has some for this.
const wordsIn = (html) => new DOMParser().parseFromString(html, "text/html").querySelector("[data-reason]");

function showAlert(element, { status, responseText }) {
  removeAlert();
  const alert = template.content.firstElementChild.cloneNode(true);
  alert.dataset.failed = "";
  const words = alert.querySelector("span");
  words.replaceChildren(...(wordsIn(responseText)?.childNodes ?? [template.dataset[reasonFor(status)]]));
  const place = element.closest(".composer, .profile, .post, .person, .thread-form") ?? document.querySelector("main");
  // What is below a line that stays in sight is not.
  if (place.matches("main, .thread-form")) place.prepend(alert);
  else place.after(alert);
}

for (const name of ["htmx:sendError", "htmx:timeout", "htmx:responseError"]) {
  document.addEventListener(name, ({ detail }) => showAlert(detail.elt, detail.xhr ?? { status: 0, responseText: "" }));
}

// A button that is disabled or replaced while its request is under way loses focus.
let lastFocus = null;
document.addEventListener("htmx:beforeRequest", () => {
  lastFocus = document.activeElement;
});

function restoreFocus(event) {
  const invalid = document.querySelector(".composer [aria-invalid]");
  if (invalid && event.detail.xhr.status === 422) invalid.focus();
  else if (document.activeElement === document.body && lastFocus) {
    const target = document.getElementById(lastFocus.id) ?? event.detail.elt;
    // An entry of a menu, which came back closed.
    const menu = target.closest("details:not([open])");
    (menu?.querySelector("summary") ?? target).focus({ preventScroll: true });
  }
}

// A browser that goes back may show the page as it came at first, without what was done on it since.
const isBack = performance.getEntriesByType("navigation")[0]?.type === "back_forward";
if (isBack && history.state?.isChanged) location.reload();

document.addEventListener("htmx:afterSettle", (event) => {
  const { requestConfig, xhr } = event.detail;
  history.replaceState({ ...history.state, isChanged: true }, "");
  removeAlert();
  restoreFocus(event);
  // Else the composer comes back for more.
  if (requestConfig.path === "/posts" && xhr.status < 300 && !xhr.getResponseHeader("HX-Retarget")) {
    document.querySelector("[data-empty]")?.remove();
    live.textContent = "";
    live.textContent = live.dataset.posted;
  }
});

// A form that is pressed twice is sent once: the second answer would take the place of the first, which may
// show what nothing else does. Not for ever, since the first may be stopped on its way.
const PATIENCE = 5000;
let sentAt = new WeakMap();

document.addEventListener("submit", (event) => {
  // Sent by htmx, which has its own way with a second press.
  if (event.defaultPrevented) return;
  const form = event.target;
  if (event.timeStamp - sentAt.get(form) < PATIENCE) event.preventDefault();
  else sentAt.set(form, event.timeStamp);
});

window.addEventListener("pageshow", () => {
  sentAt = new WeakMap();
});
