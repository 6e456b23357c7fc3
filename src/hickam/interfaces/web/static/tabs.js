// Tabs as the ARIA practices describe them: arrows move, Home and End jump, one panel shows.
import { Fragment, html } from "./html.js";

export function Tabs({ tabs, chosen, choose, children }) {
  const move = (event) => {
    const at = tabs.findIndex(([id]) => id === chosen);
    const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: tabs.length - 1 }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    const [id] = tabs.at(to % tabs.length);
    choose(id);
    document.getElementById(`tab-${id}`).focus();
  };
  return html`<${Fragment}><div class="tabs">${children}
    <div role="tablist" aria-label="Parts of the answer" onkeydown=${move}>${tabs.map(
      ([id, name]) => html`<button type="button" role="tab" id=${`tab-${id}`} key=${id} aria-selected=${String(id === chosen)} aria-controls=${`panel-${id}`} tabindex=${id === chosen ? "0" : "-1"} onclick=${() => choose(id)}>${name}</button>`,
    )}</div></div><//>`;
}

export const Panel = ({ id, chosen, busy, children }) =>
  html`<div role="tabpanel" id=${`panel-${id}`} class=${`panel panel-${id}`} aria-labelledby=${`tab-${id}`} hidden=${id !== chosen} aria-busy=${String(Boolean(busy))}>${children}</div>`;
