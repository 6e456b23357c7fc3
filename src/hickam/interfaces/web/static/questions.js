// What to ask, examine or test next, answerable in place.
import { capital, h } from "./dom.js";

const VERBS = { history: "ask", risk_factor: "ask", examination: "look", test: "test" };
const SHOWN = 6;

export function questions(answer, findings, unknown, patient, reply) {
  const asked = answer.next_steps.filter((step) => !unknown.has(step.id) && (!patient || VERBS[step.kind] === "ask"));
  const core = asked.filter((step) => step.why === "core_history");
  const screen = asked.filter((step) => step.why === "red_flag_screen");
  const gains = asked.filter((step) => step.why === "gain").slice(0, SHOWN);
  const one = (step) => question(step, findings.get(step.id), patient, reply);
  const parts = [h("h2", { id: "next-title", tabindex: "-1", "data-fallback": true }, patient ? "Questions that would help" : "Next")];
  if (asked.length === 0) parts.push(h("p", { class: "where" }, "No further question would matter much."));
  if (core.length) parts.push(h("h3", {}, patient ? "First" : "Core history"), h("ul", { class: "questions" }, core.map(one)));
  if (screen.length) parts.push(danger(screen, findings, patient, reply));
  if (gains.length) parts.push(h("h3", {}, patient ? "Then" : "What pays most for its burden"), h("ul", { class: "questions" }, gains.map(one)));
  if (unknown.size) {
    parts.push(h("p", { class: "where" }, `${unknown.size} set aside as not known. `, h("button", { type: "button", class: "quiet", key: "ask-again", onclick: () => reply.again() }, "Ask again")));
  }
  return parts;
}

function wording(step, finding, patient) {
  if (patient) return step.lay_question || finding?.lay_question || step.question || `Does this apply to you: ${finding?.lay_name || step.name}?`;
  return step.question || `Is there ${step.name}?`;
}

function question(step, finding, patient, reply) {
  const text = wording(step, finding, patient);
  const turning = step.could_change.filter((change) => change.overturns)[0];
  return h(
    "li",
    {},
    h("p", { class: "ask", id: `q-${step.id}` }, !patient && h("span", { class: "verb" }, VERBS[step.kind]), text),
    h("div", { class: "row replies", role: "group", "aria-labelledby": `q-${step.id}` }, replies(step, finding, patient, reply)),
    turning && !patient && h("p", { class: "where" }, `${capital(turning.answer)}: ${turning.effect}.`),
  );
}

function replies(step, finding, patient, reply) {
  const button = (label, key, act) => h("button", { type: "button", key: `r-${step.id}-${key}`, onclick: act }, label);
  const skip = button(step.kind === "test" ? "not done" : "don’t know", "unknown", () => reply.unknown(step.id));
  if (!finding || finding.type === "yes_no") {
    return [button("yes", "yes", () => reply.present(step.id)), button("no", "no", () => reply.absent(step.id)), skip];
  }
  const name = (value) => (patient ? value.lay_name : value.name);
  const choices = finding.values.map((value) => button(name(value), value.id, () => reply.present(step.id, value.id)));
  if (finding.type === "categorical") return [...choices, skip];
  const box = h("input", { type: "number", step: "any", "aria-label": `${step.name}${finding.unit ? `, ${finding.unit}` : ""}`, placeholder: finding.unit || "value", key: `v-${step.id}` });
  const send = (event) => {
    event.preventDefault();
    if (box.value !== "") reply.value(step.id, Number(box.value));
  };
  return [h("form", { class: "row", onsubmit: send }, box, h("button", { type: "submit" }, "set")), ...choices, skip];
}

function danger(steps, findings, patient, reply) {
  const line = (step) => {
    const label = (patient && findings.get(step.id)?.lay_name) || step.name;
    const act = (word, key, run) => h("button", { type: "button", key: `d-${step.id}-${key}`, "aria-label": `${label}: ${word}`, onclick: run }, word);
    return h("li", {}, h("span", {}, label), h("span", { class: "row" }, act("yes", "yes", () => reply.present(step.id)), act("no", "no", () => reply.absent(step.id)), act("?", "unknown", () => reply.unknown(step.id))));
  };
  return h(
    "details",
    { key: "screen", class: "screen", open: true },
    h("summary", {}, patient ? "Do you have any of these?" : `Danger signs, asked together (${steps.length})`),
    h("ul", { class: "signs" }, steps.map(line)),
    h("button", { type: "button", key: "d-none", onclick: () => reply.none(steps.map((step) => step.id)) }, steps.length > 1 ? "None of these" : "No"),
  );
}
