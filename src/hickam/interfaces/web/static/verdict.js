// The answer in one line; it stays in sight while the page is scrolled.
import { html } from "./html.js";
import { capital, percent, words } from "./words.js";

export function Verdict({ answer, patient }) {
  const [first] = answer.differential;
  return html`<p class="verdict"><span class=${`pill level-${answer.urgency.level}`}>${capital(words.levels[answer.urgency.level])}</span> <span class="leading">${patient ? capital(first.condition.lay_name) : first.condition.name}</span> <b>${percent(first.cause.value)}</b></p>`;
}
