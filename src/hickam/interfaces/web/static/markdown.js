// A draft as it will look: headings, lists, quotes, bold. Everything else is text; nothing becomes markup.
import { html } from "./html.js";

const inline = (text) => text.split(/\*\*(.+?)\*\*/).map((part, index) => (index % 2 ? html`<strong>${part}</strong>` : part));
const LIST = /^(?:- |\d+\. )/;

function block(text) {
  const lines = text.split("\n");
  const heading = /^(#{1,6}) (.*)$/.exec(text);
  if (heading) return html`<p class=${`heading heading-${heading[1].length}`}>${inline(heading[2])}</p>`;
  if (/^-{3,}$/.test(text)) return html`<hr />`;
  if (lines.every((line) => line.startsWith(">"))) return html`<blockquote>${inline(lines.map((line) => line.replace(/^> ?/, "")).join(" "))}</blockquote>`;
  if (LIST.test(text)) {
    const items = text.split(/\n(?=- |\d+\. )/).map((item) => html`<li>${inline(item.replace(LIST, "").replaceAll("\n", " "))}</li>`);
    return text.startsWith("- ") ? html`<ul>${items}</ul>` : html`<ol>${items}</ol>`;
  }
  return html`<p>${inline(text)}</p>`;
}

export const Preview = ({ text }) => html`<div class="preview" aria-label="How it will look" role="region" tabindex="0">${text.split(/\n{2,}/).map((part) => part.trim()).filter(Boolean).map(block)}</div>`;
