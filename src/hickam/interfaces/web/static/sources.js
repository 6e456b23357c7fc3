// Where a sentence comes from: a small number that opens its sources in place.
import { Component, html, NewTab } from "./html.js";
import { plain } from "./words.js";

export class Bibliography {
  constructor(references = []) {
    this.references = references;
    this.number = new Map(references.map((ref, index) => [ref.key, index + 1]));
  }

  of(keys = []) {
    return keys.filter((key) => this.number.has(key)).map((key) => ({ number: this.number.get(key), ...this.references[this.number.get(key) - 1] }));
  }
}

export const Reference = ({ of }) => html`<span>
  ${of.citation} ${of.url && html`<${NewTab} href=${of.url}>source<//>`}
  <span class="where"> ${plain(of.kind)}${of.opened ? "" : "; nobody has opened it yet"}</span>
</span>`;

export class Cite extends Component {
  render({ bibliography, keys }, { open }) {
    const found = bibliography.of(keys);
    if (found.length === 0) return null;
    const numbers = found.map((ref) => ref.number).join(", ");
    return html`<button type="button" class="cite" aria-expanded=${String(Boolean(open))} aria-label=${`Sources ${numbers}`}
        onclick=${(event) => { event.preventDefault(); this.setState({ open: !open }); }}>${numbers}</button>
      ${open && html`<span class="opened" role="note">${found.map((ref) => html`<span class="opened-source">${ref.number}. <${Reference} of=${ref} /></span>`)}</span>`}`;
  }
}
