// Whoever follows a link of an unread notification has read it.

function read({ target, type, button }) {
  // A press of the middle button opens it, too; one of the right does not.
  if (type === "auxclick" && button !== 1) return;
  const notice = target.closest?.(".notice.is-unread a[href]")?.closest(".notice");
  if (!notice) return;
  const address = notice.querySelector("[formaction][data-unread]").getAttribute("formaction");
  const body = new URLSearchParams(new FormData(document.getElementById("act")));
  // It outlives the page.
  const sent = fetch(address, { method: "POST", body, keepalive: true, redirect: "manual" });
  notice.classList.remove("is-unread");
  for (const element of notice.querySelectorAll("[data-unread]")) element.remove();
  // A browser that goes back asks for the page anew.
  history.replaceState({ ...history.state, isChanged: true }, "");
  sent.then(() => document.dispatchEvent(new Event("live-again"))).catch(() => {});
}

document.addEventListener("click", read);
document.addEventListener("auxclick", read);
