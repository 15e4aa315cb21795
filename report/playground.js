// The playground: readers change a sequence and see what each network answers. `cells` has for each
// architecture the function (weights, options, sequence) → answer. The page without it says the same.

const STEP = 1e-4; // how far an element is moved to see how much an answer depends on it
const FIRST = 3; // the first number is drawn from −3 to 3
const REACH = 4; // answers are drawn from −4 to 4
const NARROWEST = 0.035; // share of the width that the first bar has at least, so that it can be seen

const section = document.querySelector(".playground");
const find = (selector) => section.querySelector(selector);
const data = JSON.parse(document.getElementById("networks").textContent);

// Numbers in base64 of little-endian float32, which is how machines that run browsers keep them.
function unpacked({ data }) {
  const bytes = Uint8Array.from(atob(data), (character) => character.charCodeAt(0));
  return new Float32Array(bytes.buffer);
}

// They are also there for the browser's console: networks[0].answer([1.5, 0, 0])
const networks = data.networks.map((network) => {
  const named = Object.entries(network.weights).map(([name, packed]) => [name, unpacked(packed)]);
  const weights = Object.fromEntries(named);
  return {
    ...network,
    reads: (length) => network.longest === null || length <= network.longest,
    answer: (sequence) => cells[network.architecture](weights, network.options, sequence),
    // How much the answer moves for each unit that an element, counted from 0, moves: its slope.
    dependsOn(sequence, element) {
      const moved = (by) => this.answer(sequence.map((x, i) => (i === element ? x + by : x)));
      return (moved(STEP) - moved(-STEP)) / (2 * STEP);
    },
  };
});
globalThis.networks = networks;

// What is shown: which of the drawn sequences, its length and first number, and the element, counted
// from 0, that readers ask about.
const state = { drawn: 0, length: data.lengths[0], first: data.sequences[0][0], element: 0 };
const sequence = () => Float64Array.from([state.first, ...data.sequences[state.drawn].slice(1, state.length)]);

const text = (number) => number.toFixed(2).replace(/^-(?=0\.00$)/, "").replace("-", "−");
const clamped = (number, most) => Math.max(-most, Math.min(most, number));

// The left edge and the width of an element's place, as shares of the width of all.
function placeOf(element) {
  const first = Math.max(1 / state.length, NARROWEST);
  const each = (1 - first) / Math.max(state.length - 1, 1);
  return element === 0 ? [0, first] : [first + (element - 1) * each, each];
}

function elementAt(share) {
  const [, first] = placeOf(0);
  if (share < first || state.length === 1) return 0;
  const element = 1 + Math.floor(((share - first) / (1 - first)) * (state.length - 1));
  return Math.min(element, state.length - 1);
}

// A bar's left edge, top, width and height, in units of the picture: 1000 wide, 640 high, ±3.2.
function bar(element, value) {
  const [left, width] = placeOf(element);
  const end = 320 - 100 * clamped(value, 3.2);
  return [1000 * (left + 0.1 * width), Math.min(end, 320), 800 * width, Math.abs(end - 320)];
}

function setAll(element, attributes) {
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
}

function drawSequence(numbers) {
  const outlines = Array.from(numbers.subarray(1), (value, i) => {
    const [x, y, width, height] = bar(i + 1, value);
    return `M${x} ${y}h${width}v${height}h${-width}z`;
  });
  find(".others").setAttribute("d", outlines.join(""));
  const [x, y, width, height] = bar(0, state.first);
  setAll(find(".first"), { x, y, width, height });
  const [left, wide] = placeOf(state.element);
  const seen = Math.max(1000 * wide, 6);
  setAll(find(".asked"), { x: 1000 * (left + wide / 2) - seen / 2, width: seen });
  find(".grip").style.width = `${100 * placeOf(0)[1]}%`;
  find(".grip span").style.top = `${50 - (clamped(state.first, 3.2) / 6.4) * 100}%`;
  find("svg").ariaLabel = `A sequence of ${state.length} numbers as bars, the first ${text(state.first)}.`;
}

// A slider and what it says, to eyes and to a screen reader.
function setSlider(name, value, says, most) {
  const input = find(`input[name=${name}]`);
  if (most) input.max = most;
  input.value = value;
  input.setAttribute("aria-valuetext", says);
  input.nextElementSibling.textContent = says;
}

function drawNetwork(network, row, numbers) {
  const reads = network.reads(numbers.length);
  row.classList.toggle("unread", !reads);
  network.answered = reads ? network.answer(numbers) : NaN;
  row.querySelector(".answer").textContent = reads
    ? text(network.answered)
    : `cannot read more than ${network.longest}`;
  const along = (value) => `${50 + (clamped(value, REACH) / REACH) * 50}%`;
  row.querySelector(".right").style.left = along(state.first);
  if (reads) row.querySelector(".dot").style.left = along(network.answered);
}

function drawDependence(network, row, numbers) {
  const slope = network.reads(numbers.length) ? network.dependsOn(numbers, state.element) : NaN;
  row.querySelector(".slope").textContent = Number.isNaN(slope) ? "–" : text(slope);
  row.querySelector(".share span").style.width = `${100 * Math.min(Math.abs(slope) || 0, 1)}%`;
}

const rows = [...section.querySelectorAll("tbody tr")]; // of the networks, in their order
const inTurn = (draw, numbers) => networks.forEach((network, i) => draw(network, rows[i], numbers));
let waiting = false; // for the next frame
let answered; // the sequence that the answers shown are to
let pause; // a timer: what takes longer follows when nothing has changed for a moment

function show() {
  waiting = false;
  const numbers = sequence();
  drawSequence(numbers);
  setSlider("first", state.first, text(state.first));
  setSlider("length", data.lengths.indexOf(state.length), `T = ${state.length}`);
  const asked = `${state.element + 1}: ${text(numbers[state.element])}`;
  setSlider("element", state.element + 1, asked, state.length);
  find(".which").textContent = state.element + 1;
  const asks = [state.drawn, state.length, state.first].join();
  if (asks !== answered) inTurn(drawNetwork, numbers);
  answered = asks;
  clearTimeout(pause);
  pause = setTimeout(inTurn, state.length > 100 ? 60 : 0, drawDependence, numbers);
}

let said; // a timer: a screen reader hears what is shown when nothing has changed for a second
function say() {
  const near = networks
    .map((network, i) => [network, rows[i].cells[0].textContent.trim()])
    .filter(([network]) => Math.abs(network.answered - state.first) <= 0.1)
    .map(([, name]) => name);
  find(".summary").textContent =
    `The first of ${state.length} numbers is ${text(state.first)}. ` +
    (near.length ? `Within 0.1 of it: ${near.join("; ")}.` : "No network is within 0.1 of it.");
}

function change(changes) {
  Object.assign(state, changes);
  state.element = Math.min(state.element, state.length - 1);
  if (!waiting) requestAnimationFrame(show);
  waiting = true;
  clearTimeout(said);
  said = setTimeout(say, 1000);
}

const controls = {
  first: (value) => ({ first: value }),
  length: (value) => ({ length: data.lengths[value] }),
  element: (value) => ({ element: value - 1 }),
};
for (const [name, meaning] of Object.entries(controls))
  find(`input[name=${name}]`).addEventListener("input", ({ target }) => change(meaning(Number(target.value))));

find("button").addEventListener("click", () => {
  const drawn = (state.drawn + 1) % data.sequences.length;
  change({ drawn, first: data.sequences[drawn][0] });
});

const picture = find("svg");
const grip = find(".grip");
for (const event of ["pointermove", "pointerdown"])
  picture.addEventListener(event, ({ clientX }) => {
    const box = picture.getBoundingClientRect();
    change({ element: elementAt((clientX - box.left) / box.width) });
  });
function pull({ clientY }) {
  const box = picture.getBoundingClientRect();
  const first = 3.2 - (6.4 * (clientY - box.top)) / box.height;
  change({ first: Math.round(20 * clamped(first, FIRST)) / 20, element: 0 });
}
grip.addEventListener("pointerdown", (event) => {
  event.preventDefault(); // selects no text
  grip.setPointerCapture(event.pointerId);
  pull(event);
});
grip.addEventListener("pointermove", (event) => {
  if (grip.hasPointerCapture(event.pointerId)) pull(event);
  else change({ element: 0 });
});

// At first the length that the first network knows, so that lengthening shows what it does not.
const known = Number(networks[0].trained_on);
if (data.lengths.includes(known)) state.length = known;
section.hidden = false;
show();
say();
