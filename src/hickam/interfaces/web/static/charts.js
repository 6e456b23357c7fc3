// Bars drawn beside numbers that stand as text; a screen reader hears the numbers only.
import { html } from "./html.js";

const picture = { preserveAspectRatio: "none", "aria-hidden": "true", focusable: "false" };

// A probability from 0 to 1, with its interval as a whisker.
export function Bar({ of, interval }) {
  const [low, high] = [100 * of.low, 100 * of.high];
  return html`<svg class="bar" viewBox="0 0 100 10" ...${picture}>
    <rect class="track" x="0" y="2" width="100" height="6" />
    <rect class="value" x="0" y="2" width=${Math.max(0.6, 100 * of.value)} height="6" />
    ${interval && html`<rect class="whisker" x=${low} y="4.4" width=${Math.max(0.4, high - low)} height="1.2" />`}
    ${interval && [low, high].map((end) => html`<rect class="whisker" x=${Math.min(99.6, end)} y="1" width="0.4" height="8" />`)}
  </svg>`;
}

// One step of a waterfall: from one sum of decibans to the next, on the scale of the whole figure.
export function Step({ from, to, least, most }) {
  const at = (decibans) => (100 * (decibans - least)) / (most - least || 1);
  const [left, right] = [Math.min(at(from), at(to)), Math.max(at(from), at(to))];
  return html`<svg class="step" viewBox="0 0 100 10" ...${picture}>
    <rect class="even" x=${at(0)} y="0" width="0.4" height="10" />
    <rect class=${to < from ? "against" : "for"} x=${left} y="1.5" width=${Math.max(0.8, right - left)} height="7" />
  </svg>`;
}
