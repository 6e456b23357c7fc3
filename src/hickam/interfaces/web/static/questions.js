// What to ask, examine or test next, answerable in place.
import { Fold, html } from "./html.js";
import { capital, count } from "./words.js";

const VERBS = { history: "ask", risk_factor: "ask", examination: "look", test: "test" };
const SHOWN = 6;
const SIGNS_SHOWN = 7;

export function Questions({ answer, names, told, patient, act }) {
  const asked = answer.next_steps.filter((step) => !told.skipped.includes(step.id) && (!patient || VERBS[step.kind] === "ask"));
  const of = (why) => asked.filter((step) => step.why === why);
  const [core, screen, gains] = [of("core_history"), of("red_flag_screen"), [...of("settles"), ...of("gain")].slice(0, SHOWN)];
  const list = (steps) => html`<ul class="questions">${steps.map((step) => html`<${Question} key=${step.id} step=${step} finding=${names.get(step.id)} patient=${patient} act=${act} />`)}</ul>`;
  return html`<h2 id="next-title" tabindex="-1">${patient ? "Questions that would help" : "Ask, look, test next"}</h2>
    ${asked.length === 0 && html`<p class="where">No further question would matter much.</p>`}
    ${core.length > 0 && html`<h3>${patient ? "First" : "Core history"}</h3>${list(core)}`}
    ${screen.length > 0 && html`<${Danger} steps=${screen} names=${names} patient=${patient} act=${act} />`}
    ${gains.length > 0 && html`<h3>${patient ? "Then" : "What pays most for its burden"}</h3>${list(gains)}`}
    ${told.skipped.length > 0 && html`<p class="where">${told.skipped.length} set aside as not known. <button type="button" class="quiet" onclick=${() => act.set({ skipped: [] })}>Ask again</button></p>`}`;
}

function wording(step, finding, patient) {
  if (patient) return step.lay_question || finding?.lay_question || step.question || `Does this apply to you: ${finding?.lay_name || step.name}?`;
  return step.question || `Is there ${step.name}?`;
}

function Question({ step, finding, patient, act }) {
  const turning = step.could_change.find((change) => change.overturns);
  return html`<li>
    <p class="asked" id=${`q-${step.id}`}>${!patient && html`<span class="verb">${VERBS[step.kind]}</span>`}${wording(step, finding, patient)}</p>
    <div class="row replies" role="group" aria-labelledby=${`q-${step.id}`}><${Replies} step=${step} finding=${finding} patient=${patient} act=${act} /></div>
    ${turning && !patient && html`<p class="where">${capital(turning.answer)}: ${turning.effect}.</p>`}
  </li>`;
}

function Replies({ step, finding, patient, act }) {
  const button = (label, run) => html`<button type="button" onclick=${run}>${label}</button>`;
  const skip = button(step.kind === "test" ? "not done" : "don’t know", () => act.skip(step.id));
  if (!finding || finding.type === "yes_no") {
    return [button("yes", () => act.give(step.id, { state: "present" })), button("no", () => act.give(step.id, { state: "absent" })), skip];
  }
  const choices = finding.values.map((value) => button(patient ? value.lay_name : value.name, () => act.give(step.id, { state: "present", value: value.id })));
  if (finding.type === "categorical") return [...choices, skip];
  return [html`<${Measured} step=${step} unit=${finding.unit} act=${act} />`, ...choices, skip];
}

const Measured = ({ step, unit, act }) => html`<form class="row" onsubmit=${(event) => {
  event.preventDefault();
  const { value } = event.target.elements[0];
  if (value !== "") act.give(step.id, { state: "present", value: Number(value) });
}}><input type="number" step="any" aria-label=${`${step.name}${unit ? `, ${unit}` : ""}`} placeholder=${unit || "value"} /><button type="submit">set</button></form>`;

function Danger({ steps, names, patient, act }) {
  const line = (step) => {
    const label = (patient && names.get(step.id)?.lay_name) || step.name;
    const reply = (word, run) => html`<button type="button" aria-label=${`${label}: ${word}`} onclick=${run}>${word}</button>`;
    return html`<li key=${step.id}><span>${label}</span><span class="row">${reply("yes", () => act.give(step.id, { state: "present" }))}${reply("no", () => act.give(step.id, { state: "absent" }))}${reply("?", () => act.skip(step.id))}</span></li>`;
  };
  const [first, more] = [steps.slice(0, SIGNS_SHOWN), steps.slice(SIGNS_SHOWN)];
  return html`<section class="screen" aria-labelledby="screen-title">
    <div class="row between"><h3 id="screen-title">${patient ? "Do you have any of these?" : `Danger signs (${steps.length})`}</h3>
      <button type="button" onclick=${() => act.noneOf(steps.map((step) => step.id))}>${steps.length > 1 ? "None of these" : "No"}</button></div>
    <ul class="signs">${first.map(line)}</ul>
    ${more.length > 0 && html`<${Fold} title=${count(more.length, "more sign")}><ul class="signs">${more.map(line)}</ul><//>`}
  </section>`;
}
