// What shows the cards of people comes when somebody first points at a name, or gets to one by a key.

const EVENTS = ["pointerover", "focusin"];
let last = null;

async function load(event) {
  const { cards } = document.getElementById("live")?.dataset ?? {};
  if (!cards || event.pointerType === "touch" || !event.target.closest?.('a[href^="/@"]')) return;
  last = event;
  const { look } = await import(cards);
  for (const name of EVENTS) document.removeEventListener(name, load);
  look(last);
}

for (const name of EVENTS) document.addEventListener(name, load);
