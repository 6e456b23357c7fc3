// Work-up, management, what to avoid, cautions, medicines, pitfalls, referrals, words for the patient, references.
import { Fold, html } from "./html.js";
import { Cite, Reference } from "./sources.js";
import { plain, words } from "./words.js";

const FIRST = 5;
const GLANCE = 4;

export function Card({ title, items, kind = "" }) {
  if (items.length === 0) return null;
  const more = items.slice(FIRST);
  return html`<section class=${`card ${kind}`}>
    <h3>${title}</h3>
    <ul>${items.slice(0, FIRST)}</ul>
    ${more.length > 0 && html`<${Fold} title=${`${more.length} more`}><ul>${more}</ul><//>`}
  </section>`;
}

const stage = (answer, name) => answer.workup.filter((item) => item.stage === name);

export function Plan({ answer, bibliography, names }) {
  const cite = (keys) => html`<${Cite} bibliography=${bibliography} keys=${keys} />`;
  const because = (ids) => ids.length > 0 && html`<span class="where"> because of: ${ids.map((id) => names.get(id)?.name || id).join(", ")}</span>`;
  const advice = (item) => html`<li>${item.text}${cite(item.sources)}${because(item.because)}</li>`;
  const test = (item) => html`<li><strong>${item.test}</strong>: ${item.why.replace(/\.$/, "")}. ${item.means}${cite(item.sources)}<span class="where"> for ${item.for.join(", ")}</span></li>`;
  const step = (item) => html`<li>${item.step}${cite(item.sources)}<span class="where"> ${item.line === "avoid" ? "" : `${item.line}; `}certainty ${plain(item.certainty)}; ${item.condition}</span></li>`;
  const steps = (wanted) => answer.management.filter(wanted).map(step);
  return html`
    <${Card} title="Work-up now" items=${stage(answer, "now").map(test)} />
    <${Card} title="Management" items=${steps((m) => m.line === "first")} />
    <${Card} title="Avoid" kind="not" items=${steps((m) => m.line === "avoid")} />
    <${Card} title="Cautions in this patient" kind="care" items=${answer.cautions.map(advice)} />
    <${Card} title="Medicines" items=${answer.medication_review.map((item) => html`<${Medicine} item=${item} cite=${cite} />`)} />
    <${Card} title="Referral" items=${answer.route.referrals.map((item) => html`<${Referral} item=${item} cite=${cite} />`)} />
    <${Card} title="Pitfalls" items=${answer.pitfalls.map(advice)} />
    <${Card} title="Work-up if unexplained" items=${[...stage(answer, "if_unexplained"), ...stage(answer, "specialist")].map(test)} />
    <${Card} title="Tests not worth doing here" kind="not" items=${stage(answer, "not_worth_it").map(test)} />
    <${Card} title="Later lines" items=${steps((m) => m.line !== "first" && m.line !== "avoid")} />
    <${Card} title="Prevention" items=${answer.prevention.map(advice)} />
    <${Card} title="To tell the patient" items=${answer.what_to_tell_the_patient.map((text) => html`<li>${text}</li>`)} />`;
}

// The plan in a few lines, beside the causes.
export function Glance({ answer, whole }) {
  const rows = [
    ["Work-up now", stage(answer, "now").map((item) => item.test)],
    ["Management", answer.management.filter((m) => m.line === "first").map((m) => m.step)],
    ["Avoid", answer.management.filter((m) => m.line === "avoid").map((m) => m.step)],
    ["Cautions", answer.cautions.map((c) => c.text)],
    ["Medicines", answer.medication_review.filter((m) => m.action).map((m) => `${m.name}: ${m.action}`)],
  ].filter(([, lines]) => lines.length > 0);
  if (rows.length === 0) return null;
  return html`<section class="glance" aria-labelledby="glance-title">
    <div class="row between"><h2 id="glance-title">What to do</h2><button type="button" class="quiet" onclick=${whole}>whole plan with sources</button></div>
    <dl>${rows.map(([title, lines]) => html`<div class=${title === "Avoid" ? "not" : title === "Cautions" ? "care" : ""}><dt>${title}</dt><dd><ul>${lines.slice(0, GLANCE).map((line) => html`<li>${line}</li>`)}${lines.length > GLANCE && html`<li class="where">${lines.length - GLANCE} more</li>`}</ul></dd></div>`)}</dl>
  </section>`;
}

function Medicine({ item, cite }) {
  const ratio = item.odds_ratio && ` Odds ratio ${item.odds_ratio.value.toPrecision(2)} (${item.odds_ratio.low.toPrecision(2)}–${item.odds_ratio.high.toPrecision(2)}).`;
  return html`<li><strong>${item.name}</strong>: ${item.effects.map((effect) => html`${effect.text} ${cite(effect.sources)}`)} ${item.mechanism}${ratio} <em>${item.action}</em>
    ${item.check.length > 0 && html`<span class="where"> check: ${item.check.join(", ")}</span>`}${cite(item.sources)}</li>`;
}

const Referral = ({ item, cite }) => html`<li><strong>${item.name}</strong> <span class=${`pill level-${item.urgency}`}>${words.levels[item.urgency]}</span> ${item.when}${cite(item.sources)}
  <span class="where"> for ${item.for.join(", ")}${item.before_referral.length > 0 && `; first: ${item.before_referral.join("; ")}`}</span>
  ${item.warnings.map((warning) => html`<p class="warning">${warning}</p>`)}</li>`;

export const References = ({ list }) =>
  list.length > 0 && html`<${Fold} class="references" title=${`References (${list.length})`}><ol>${list.map((ref) => html`<li id=${`ref-${ref.key}`}><${Reference} of=${ref} /></li>`)}</ol><//>`;
