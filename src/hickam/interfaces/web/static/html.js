// Elements: text is only ever set as text. Preact draws what changed, so focus and open lines stay as they are.
import htm from "./vendor/htm.js";
import { h } from "./vendor/preact.js";

export { Component, createRef, Fragment, render } from "./vendor/preact.js";
export const html = htm.bind(h);

// A line that opens; what a person has opened or shut stays so, whatever is drawn again.
export const Fold = ({ title, open, children, ...rest }) => html`<details open=${open} ...${rest}><summary>${title}</summary>${children}</details>`;

export const NewTab = ({ href, children }) =>
  html`<a href=${href} target="_blank" rel="noopener">${children}<span class="hidden"> (opens in a new tab)</span></a>`;
