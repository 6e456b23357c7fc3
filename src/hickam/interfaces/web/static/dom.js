// Small helpers: elements (text is only ever set as text), the numbers as the command line writes them, focus kept over a redraw.

export function h(tag, props = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (name === "key") node.dataset.key = value;
    else node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false));
  return node;
}

function s(tag, props) {
  const node = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(props)) node.setAttribute(name, value);
  return node;
}

export const words = JSON.parse(document.getElementById("words").textContent);

export function percent(chance) {
  if (chance > 0 && chance < 0.005) return "<1 %";
  if (chance > 0.995 && chance < 1) return ">99 %";
  return `${(100 * chance).toFixed(0)} %`;
}

export const range = (of) => `${(100 * of.low).toFixed(0)}–${(100 * of.high).toFixed(0)}`;
export const likelihood = (chance) => words.bands.find(([least]) => chance >= least)[1];
export const capital = (text) => text.slice(0, 1).toUpperCase() + text.slice(1);
export const plain = (id) => id.replaceAll("_", " ");

export function outOf100(chance) {
  return chance > 0 && chance < 0.005 ? "fewer than 1" : String(Math.round(100 * chance));
}

// A bar for a probability with its interval as a line; the numbers stand beside it as text.
export function bar(of, withInterval) {
  const svg = s("svg", { class: "bar", viewBox: "0 0 100 10", preserveAspectRatio: "none", "aria-hidden": "true" });
  svg.append(s("rect", { class: "track", x: 0, y: 2, width: 100, height: 6 }));
  svg.append(s("rect", { class: "value", x: 0, y: 2, width: Math.max(0.6, 100 * of.value), height: 6 }));
  if (withInterval) {
    const [low, high] = [100 * of.low, 100 * of.high];
    svg.append(s("rect", { class: "whisker", x: low, y: 4.4, width: Math.max(0.4, high - low), height: 1.2 }));
    for (const end of [low, high]) svg.append(s("rect", { class: "whisker", x: Math.min(99.6, end), y: 1, width: 0.4, height: 8 }));
  }
  return svg;
}

// Decibans left (against) or right (for) of a middle line.
export function weight(decibans, most) {
  const svg = s("svg", { class: "weight", viewBox: "-50 0 100 10", preserveAspectRatio: "none", "aria-hidden": "true" });
  const width = Math.max(0.5, (50 * Math.abs(decibans)) / most);
  svg.append(s("rect", { class: decibans < 0 ? "against" : "for", x: decibans < 0 ? -width : 0, y: 1, width, height: 8 }));
  svg.append(s("rect", { class: "middle", x: -0.25, y: 0, width: 0.5, height: 10 }));
  return svg;
}

export const signed = (decibans) => `${decibans < 0 ? "−" : "+"}${Math.abs(decibans).toFixed(1)}`;

// Put new children in place; what was open stays open, what had the focus gets it back (or its fallback does).
export function redraw(container, ...children) {
  const active = document.activeElement;
  const focused = container.contains(active) ? active.dataset.key || active.closest("[data-key]")?.dataset.key : null;
  const had = container.contains(active);
  const open = new Set([...container.querySelectorAll("details[open]")].map((node) => node.dataset.key));
  const shut = new Set([...container.querySelectorAll("details:not([open])")].map((node) => node.dataset.key));
  container.replaceChildren(...children.flat(Infinity).filter(Boolean));
  for (const node of container.querySelectorAll("details")) {
    if (open.has(node.dataset.key)) node.open = true;
    if (shut.has(node.dataset.key)) node.open = false;
  }
  if (!had) return;
  const again = focused && container.querySelector(`[data-key="${CSS.escape(focused)}"]`);
  (again || container.querySelector("[data-fallback]") || container.querySelector("button, summary, a"))?.focus({ preventScroll: true });
}

// Superscript links to the bibliography.
export class Citations {
  constructor(references) {
    this.references = references;
    this.number = new Map(references.map((ref, index) => [ref.key, index + 1]));
  }

  cite(keys = []) {
    return keys
      .filter((key) => this.number.has(key))
      .map((key) => {
        const number = this.number.get(key);
        const title = this.references[number - 1].citation;
        return h("a", { class: "cite", href: `#ref-${key}`, title, "aria-label": `source ${number}` }, String(number));
      });
  }
}
