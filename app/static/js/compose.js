// "New post" leads into the text field; Ctrl+Enter or Cmd+Enter sends it.

const field = () => document.getElementById("new-text");
const focusIfAsked = () => {
  if (location.hash === "#compose") field()?.focus();
};

window.addEventListener("hashchange", focusIfAsked);
document.addEventListener("click", (event) => {
  const link = event.target.closest?.('a[href="/#compose"]');
  // On the page itself the address may not change, and then there is no hashchange either.
  if (link && link.pathname === location.pathname && !event.ctrlKey && !event.metaKey) {
    requestAnimationFrame(() => field()?.focus());
  }
});
document.addEventListener("keydown", (event) => {
  const isSend = event.key === "Enter" && (event.ctrlKey || event.metaKey);
  if (isSend && event.target === field()) event.target.form.requestSubmit();
});
// Not before: on its way to the fragment the browser takes the focus away again.
window.addEventListener("load", () => requestAnimationFrame(focusIfAsked));
