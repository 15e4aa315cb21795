// What the page adds if the browser runs JavaScript: interactive charts, tables that sort, downloads
// that the page contains only once. Without it, figures, tables and text are still there.
"use strict";

// A file that the page contains, compressed: gzip in base64.
async function unpack(id) {
  const packed = atob(document.getElementById(id).textContent.trim());
  const bytes = Uint8Array.from(packed, (character) => character.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  return new Response(stream).text();
}

async function start() {
  const places = document.querySelectorAll("[data-chart]");
  if (!places.length) return;
  const [library, charts] = await Promise.all([unpack("vega"), unpack("charts").then(JSON.parse)]);
  new Function(library)();
  for (const place of places) await draw(place, charts[place.dataset.chart]);
}

async function draw(place, specification) {
  const figure = place.closest("figure");
  place.hidden = false;
  try {
    const { view } = await vegaEmbed(place.querySelector(".chart"), specification, {
      actions: false,
      renderer: "svg",
      tooltip: { theme: "page" },
    });
    place.querySelector(".chart svg").ariaHidden = "true"; // the place itself says what it shows
    listen(place, view);
    figure.classList.add("live");
    place.querySelectorAll(".guess").forEach((form) => ask(form, figure, view));
  } catch (error) {
    place.hidden = true; // the static figure stays
    console.error(error);
  }
}

// Form elements set the chart's parameters. A value is JSON, since it may be a number or a string.
function listen(place, view) {
  const set = (name, value) => view.signal(name, value).runAsync();
  for (const group of place.querySelectorAll("fieldset")) {
    const inputs = [...group.querySelectorAll("input")];
    const name = group.dataset.parameter;
    group.addEventListener("input", () => set(name, read(group)));
    if (group.dataset.kind !== "many") continue;
    for (const label of group.querySelectorAll("label")) {
      const model = JSON.parse(label.querySelector("input").value);
      for (const event of ["mouseenter", "focusin", "input"])
        label.addEventListener(event, () => set("emphasis", label.querySelector("input").checked ? model : null));
      for (const event of ["mouseleave", "focusout"])
        label.addEventListener(event, () => set("emphasis", null));
    }
    for (const button of group.querySelectorAll("button"))
      button.addEventListener("click", () => {
        for (const input of inputs) input.checked = button.value === "all";
        set(name, read(group));
      });
  }
}

// A chart is covered until the reader has guessed, has asked for it, or has read on.
function ask(form, figure, view) {
  const input = form.querySelector("input");
  const show = (guess) => {
    figure.classList.remove("covered");
    read_on.disconnect();
    return view.signal(form.dataset.parameter, guess).runAsync();
  };
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    show(Number(input.value));
    figure.querySelector("figcaption").scrollIntoView({ block: "nearest" });
  });
  form.querySelector("[type=button]").addEventListener("click", () => show(null));
  const read_on = new IntersectionObserver(
    ([caption]) => caption.isIntersecting && show(null),
    { rootMargin: "0px 0px -60% 0px" }, // the caption has reached the upper part of the screen
  );
  figure.classList.add("covered");
  read_on.observe(figure.querySelector("figcaption"));
}

// Where the screen is narrow, pictures that have a narrow version show it.
async function narrow() {
  const pictures = document.querySelectorAll("img[data-narrow]");
  const screen = matchMedia("(max-width: 32rem)");
  if (!pictures.length) return;
  const versions = JSON.parse(await unpack("narrow"));
  const choose = () => {
    for (const picture of pictures) {
      picture.dataset.wide ??= picture.src;
      const uri = () => `data:image/svg+xml,${encodeURIComponent(versions[picture.dataset.narrow])}`;
      picture.src = screen.matches ? uri() : picture.dataset.wide;
      picture.classList.toggle("narrow", screen.matches);
    }
  };
  choose();
  screen.addEventListener("change", choose);
}

function read(group) {
  if (group.dataset.kind === "slider") {
    const input = group.querySelector("input");
    const option = JSON.parse(group.dataset.options)[input.value];
    group.querySelector("output").textContent = option.label;
    input.setAttribute("aria-valuetext", option.label);
    return option.value;
  }
  const chosen = [...group.querySelectorAll("input:checked")].map((input) => JSON.parse(input.value));
  return group.dataset.kind === "many" ? chosen : chosen[0];
}

// A column sorts by its cells' data-value, else by their text; a second click sorts descending.
function sortable(table) {
  const body = table.tBodies[0];
  const headers = [...table.tHead.rows[0].cells];
  const key = (row, column) => row.cells[column].dataset.value ?? row.cells[column].textContent.trim();
  const compare = (a, b) => {
    const [x, y] = [Number(a), Number(b)];
    return Number.isNaN(x) || Number.isNaN(y) ? a.localeCompare(b) : x - y || 0;
  };
  headers.forEach((header, column) => {
    const button = document.createElement("button");
    button.append(...header.childNodes);
    header.append(button);
    button.addEventListener("click", () => {
      const down = header.getAttribute("aria-sort") === "ascending";
      for (const other of headers) other.removeAttribute("aria-sort");
      header.setAttribute("aria-sort", down ? "descending" : "ascending");
      const rows = [...body.rows].sort((a, b) => compare(key(a, column), key(b, column)));
      body.append(...(down ? rows.reverse() : rows));
    });
  });
}

// A picture or table that the page contains once is downloaded from there.
for (const link of document.querySelectorAll("a[data-from]")) {
  const source = document.getElementById(link.dataset.from);
  link.href = source.dataset.wide ?? source.src ?? source.href;
  link.download = link.dataset.name;
  link.hidden = false;
}
document.querySelectorAll("table[data-sortable]").forEach(sortable);
narrow().catch((error) => console.error(error));
start().catch((error) => console.error(error));
