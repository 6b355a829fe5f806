// Counts down the characters of a text as readers see them: one emoji is one character.

const segmenter = "Segmenter" in Intl ? new Intl.Segmenter() : null;
const lengthOf = (text) => [...(segmenter ? segmenter.segment(text) : text)].length;

function show(box) {
  const counter = document.getElementById(box.dataset.counter);
  const left = Number(box.dataset.max) - lengthOf(box.value.trim());
  const unit = counter.querySelector("[data-left]");
  counter.querySelector("[data-count]").textContent = left;
  unit.textContent = unit.dataset.left;
  counter.classList.toggle("is-near", left < 40 && left >= 0);
  counter.classList.toggle("is-over", left < 0);
  // Announced only when it matters, so that typing is not read back all the time.
  counter.setAttribute("aria-live", left < 40 ? "polite" : "off");
}

const showAll = () => document.querySelectorAll("[data-counter]").forEach(show);

document.addEventListener("input", (event) => {
  if (event.target.matches("[data-counter]")) show(event.target);
});
document.addEventListener("htmx:load", showAll);
// A browser that goes back fills the text in again.
window.addEventListener("pageshow", showAll);
showAll();
