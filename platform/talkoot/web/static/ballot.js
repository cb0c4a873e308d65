// The ballot page with a script: a running count, and a filter that answers at once.
// Without it everything works too: the server counts at review, and the button "Show" filters.

const form = document.getElementById("ballot");
const running = document.getElementById("running");
const meter = document.getElementById("meter");
const { counts, unit, group, decimal, says, over } = form.dataset;
const limit = Number(form.dataset.limit);

/** Write a number as the server does: grouped, cents only where there are some. */
function written(value) {
  const whole = counts === "money" ? Math.floor(value / 100) : value;
  const grouped = String(whole).replace(/\B(?=(\d{3})+(?!\d))/g, group);
  if (counts !== "money") return grouped;
  const cents = value % 100;
  const amount = cents ? grouped + decimal + String(cents).padStart(2, "0") : grouped;
  return unit.replace("#", amount);
}

/** How much is used: cents, points, or projects marked. */
function used() {
  const ticked = [...form.querySelectorAll(".choose input:checked")];
  if (counts === "money") return ticked.reduce((sum, one) => sum + Number(one.dataset.cost), 0);
  const typed = [...form.querySelectorAll(".choose-number input, .choose-number select")];
  const given = typed.map((one) => one.value.trim()).filter((value) => /^\d+$/.test(value));
  if (counts === "points") return given.reduce((sum, value) => sum + Number(value), 0);
  return ticked.length + given.length;
}

function count() {
  const now = used();
  const isOver = limit > 0 && now > limit;
  const words = says
    .replace("{used}", written(now))
    .replace("{limit}", written(limit))
    .replace("{left}", written(Math.max(limit - now, 0)));
  running.textContent = isOver ? `${words} ${over}` : words;
  meter.max = limit || Math.max(now, 1);
  meter.value = Math.min(now, meter.max);
  form.classList.toggle("is-over", isOver);
}

const words = document.getElementById("words");
const area = document.getElementById("area");
const shown = document.getElementById("shown");
const cards = [...form.querySelectorAll(".card-choosable")];
const text = (card) => card.querySelector(".card-body").textContent.toLowerCase();
const texts = new Map(cards.map((card) => [card, text(card)]));

/** The areas of the filter: the chosen one and those below it, by their indentation. */
function areasChosen() {
  if (!area || !area.value) return null;
  const depth = (option) => option.text.length - option.text.trimStart().length;
  const options = [...area.options];
  const at = area.selectedIndex;
  const after = options.slice(at + 1);
  const end = after.findIndex((option) => depth(option) <= depth(options[at]));
  const below = end < 0 ? after : after.slice(0, end);
  return new Set([options[at], ...below].map((option) => option.value));
}

function filter() {
  const wanted = words.value.toLowerCase().split(/\s+/).filter(Boolean);
  const areas = areasChosen();
  let left = 0;
  for (const card of cards) {
    const fits = !areas || !card.dataset.area || areas.has(card.dataset.area);
    const hit = fits && wanted.every((word) => texts.get(card).includes(word));
    card.hidden = !hit;
    if (hit) left += 1;
  }
  shown.textContent = form.dataset.shown.replace("{shown}", left).replace("{total}", cards.length);
}

form.addEventListener("change", count);
form.addEventListener("input", (event) => {
  if (event.target === words || event.target === area) filter();
  else count();
});
words.addEventListener("keydown", (event) => {
  if (event.key === "Enter") event.preventDefault();
});
document.getElementById("no-script").hidden = true;
running.hidden = false;
meter.hidden = false;
document.getElementById("filter").hidden = true;
// A browser may bring a page back with its boxes ticked.
window.addEventListener("pageshow", () => {
  count();
  if (words.value || (area && area.value)) filter();
});

const faults = document.getElementById("faults");
if (faults) faults.focus();
