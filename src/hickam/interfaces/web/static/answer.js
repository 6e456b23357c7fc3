// Urgency and differential for a clinician, a student or a researcher; patient.js has the patient's.
import { Bar } from "./charts.js";
import { Fold, Fragment, html, NewTab } from "./html.js";
import { Cite } from "./sources.js";
import { Working } from "./working.js";
import { capital, count, percent, plain, range, signed, words } from "./words.js";

const SIGNS = { emergency: "!!", same_day: "!", soon: "→", routine: "·", self_care: "✓" };
const OPEN_DANGER = ["not_excluded", "above_threshold"];

export function Urgency({ answer, bibliography, names, patient }) {
  const level = answer.urgency;
  const [head, , note] = level.sentence.split(/( \(|\)$)/);
  const reasons = patient ? level.reasons.filter((r) => r.level === level.level).slice(0, 2) : level.reasons;
  const line = (r) => html`${(patient && r.lay_sentence) || r.sentence}${!patient && html`<${Cite} bibliography=${bibliography} keys=${r.sources} />`}`;
  const name = (id) => names.get(id)?.[patient ? "lay_name" : "name"] || plain(id);
  return html`<section id="urgency" class=${`urgency level-${level.level}`} aria-labelledby="urgency-title">
    <div><h2 id="urgency-title" class="level"><span class="sign" aria-hidden="true">${SIGNS[level.level]}</span><span class="hidden">Urgency: </span>${head}</h2>
      ${!patient && html`<p class="first"><strong>See: ${answer.route.first_name}.</strong></p>`}</div>
    <div class="because">
      ${reasons.length > 0 && html`<p>${line(reasons[0])}</p>`}
      ${patient && html`<p>${answer.route.sentence}</p>`}
      ${reasons.length > 1 && html`<${Fold} title=${count(reasons.length - 1, "more reason")}><ul>${reasons.slice(1).map((r) => html`<li>${line(r)}</li>`)}</ul><//>`}
      ${note && !patient && html`<${Fold} title=${capital(note)}><p class="where">${level.not_asked.map(name).join(" · ")}</p><//>`}
      ${!patient && html`<${Fold} title="Who to see"><p>${answer.route.sentence}</p><//>`}
    </div>
  </section>`;
}

export function Differential({ answer, settled, reader, ...rest }) {
  const tiers = Object.entries({ ...words.tiers, unlisted: "Also weighed" });
  const lines = (members) => html`<ol class="tier">${members.map((item) => html`<li key=${item.condition.id} value=${item.rank}><${Candidate} item=${item} settled=${settled} reader=${reader} ...${rest} /></li>`)}</ol>`;
  return html`<h2 id="differential-title">What may cause it</h2>
    <p class="where">Probability of being the cause, with 90 % interval; the findings that weigh most, in decibans (ten are a factor of ten in odds). Open a line for the whole working.</p>
    ${!answer.fit.known_pattern && html`<p class="notice">${answer.fit.sentence}</p>`}
    ${reader === "student" && html`<${HowToRead} />`}
    ${tiers.map(([tier, title]) => {
      const members = answer.differential.filter((c) => c.tier === tier);
      if (members.length === 0) return null;
      const heading = capital(title.toLowerCase());
      if (tier === "unlisted") return html`<${Fold} class="more" key=${tier} title=${`${heading} (${members.length})`}>${lines(members)}<//>`;
      return html`<section key=${tier} class=${`group group-${tier}`}><h3>${heading}</h3>${lines(members)}</section>`;
    })}
    <p class="unexplained">Unexplained: ${percent(answer.fit.unexplained, reader === "researcher")}, left for causes the pack does not hold.</p>`;
}

const HowToRead = () => html`<${Fold} class="more" title="How to read this">
  <ul>
    <li><strong>Cause</strong> is what brings the complaint; <strong>present</strong> is what the patient has. One may have arterial disease and ordinary night cramps at once.</li>
    <li><strong>Age and sex alone</strong> is the starting point; each finding then moves the odds by its decibans, and the sum is the answer.</li>
    <li>A danger stays on the list while it is above its test threshold, however unlikely: what excludes it is in its line.</li>
    <li>Before you look: commit first, then compare your own list.</li>
  </ul><//>`;

function Candidate({ item, settled, reader, ...rest }) {
  const exact = reader === "researcher";
  const worked = (!settled && item.last) || item;
  const notes = [words.categories[item.condition.category]];
  if (item.known) notes.push("known");
  else if (item.present) notes.push(`present ${percent(item.present.value, exact)}`);
  notes.push(`age and sex alone ${percent(item.prior.value, exact)}`);
  const danger = item.danger;
  const pill = danger?.state === "excluded" ? html`<span class="pill">excluded</span>` : OPEN_DANGER.includes(danger?.state) && item.tier === "do_not_miss" && html`<span class="pill pill-danger">not excluded yet</span>`;
  return html`<details class="candidate" open=${reader === "student" && item.tier === "most_likely"}>
    <summary data-key=${`s-${item.condition.id}`}>
      <span class="name">${item.condition.name} ${pill}</span>
      <span class="figure"><b>${percent(item.cause.value, exact)}</b><span class="interval"> ${settled ? range(item.cause, exact) : "…"}</span></span>
      <${Bar} of=${item.cause} interval=${settled} />
      <${Weighty} item=${worked} />
      <span class="where notes">${notes.join(" · ")}</span>
    </summary>
    <div class="working">
      ${danger && html`<${Danger} danger=${danger} bibliography=${rest.bibliography} />`}
      <${Working} key=${item.condition.id} item=${worked} settled=${settled} reader=${reader} ...${rest} />
      <${Tests} item=${item} />
      <${RelatedConditions} item=${item} />
      <p><${NewTab} href=${`/conditions/${item.condition.id}`}>Article: ${item.condition.name}<//></p>
    </div>
  </details>`;
}

// The few findings that weigh most, so that the reason shows before anything is opened.
function Weighty({ item }) {
  const shown = item.contributions.filter((c) => Math.abs(c.decibans) >= 1).slice(0, 4);
  if (shown.length === 0) return null;
  return html`<span class="weighty">${shown.map((c) => html`<span class=${c.decibans < 0 ? "against" : "for"}>${c.label} <b>${signed(c.decibans, 0)}</b></span>`)}</span>`;
}

const Danger = ({ danger, bibliography }) => html`<div class="danger">
  <p><strong>Do not miss (${words.levels[danger.harm]}), test threshold ${percent(danger.threshold)}.</strong> ${danger.why}<${Cite} bibliography=${bibliography} keys=${danger.sources} /></p>
  <p><strong>To exclude it:</strong> ${danger.exclusion}</p>
</div>`;

const Tests = ({ item }) => html`
  ${item.confirmed_by.length > 0 && html`<p><strong>Confirmed by:</strong> ${item.confirmed_by.join("; ")}</p>`}
  ${item.excluded_by.length > 0 && html`<p><strong>Argues strongly against:</strong> ${item.excluded_by.join("; ")}</p>`}`;

function RelatedConditions({ item }) {
  const line = (before) => (r) => html`<li>${before} <${NewTab} href=${`/conditions/${r.id}`}>${r.name}<//> (present ${percent(r.present)})</li>`;
  const lines = [...item.parents.filter((r) => r.present >= 0.05).map(line("May come from")), ...item.children.filter((r) => r.present >= 0.2).map(line("With"))];
  return lines.length > 0 && html`<${Fragment}><ul>${lines}</ul><//>`;
}
