// What was understood of the case: chips that open to be edited, what was taken out, contradictions, words not understood.
import { Component, createRef, Fold, Fragment, html } from "./html.js";
import { capital, plain } from "./words.js";

const SIDES = { "": "not said", left: "left", right: "right", both: "both" };
const STATUSES = ["active", "controlled", "past", "unknown"];

export function Findings({ seen, suggestions, names, patient, told, editing, act }) {
  const said = seen.findings.filter((f) => !f.modifiers.includes("implied"));
  const implied = seen.findings.filter((f) => f.modifiers.includes("implied"));
  const person = [seen.age !== null && `${seen.age} years`, seen.sex].filter(Boolean).join(", ");
  const chips = [
    ...said.map((f) => ({ id: f.id, kind: f.state, text: wordsOf(f, names, patient), source: f.source, editor: () => editFinding(f, names.get(f.id), told, act) })),
    ...seen.known_conditions.map((k) => ({ id: k.id, kind: "known", text: `${k.name} (known${k.status === "unknown" ? "" : `, ${k.status}`})`, source: k.source, editor: () => editCondition(k.id, k.status, act) })),
    ...seen.ruled_out.map((k) => ({ id: k.id, kind: "absent", text: `${k.name} ruled out`, source: k.source, editor: () => editCondition(k.id, "ruled out", act) })),
    ...seen.medications.map((m) => ({ id: m.drug || m.name.toLowerCase(), kind: "known", text: `takes ${m.name}${m.dose ? ` ${m.dose}` : ""}${m.current ? "" : " (stopped)"}${m.drug ? "" : " (not in the pack)"}`, source: m.source })),
  ];
  const open = chips.find((chip) => chip.id === editing);
  return html`<h2 id="understood-title" tabindex="-1">Understood ${person && html`<span class="count">${person}</span>`}</h2>
    ${chips.length === 0 && html`<p class="where">What is understood of the story appears here, to be checked, changed or taken out.</p>`}
    <ul class="chips" aria-labelledby="understood-title">${chips.map((chip) => html`<${Chip} key=${chip.id} ...${chip} open=${chip === open} edited=${chip.id in told.given} act=${act} />`)}</ul>
    ${open?.editor && html`<${Editor} key=${open.id} chip=${open} act=${act} />`}
    ${implied.length > 0 && html`<${Fold} class="more" title=${`Follows from these (${implied.length})`}><p class="where">${implied.map((f) => wordsOf(f, names, patient)).join(" · ")}</p><//>`}
    <${LeftOut} told=${told} act=${act} />
    ${seen.conflicts.length > 0 && html`<div class="notice"><h3>Contradictions</h3><ul>${seen.conflicts.map((c) => html`<${Conflict} conflict=${c} names=${names} act=${act} />`)}</ul></div>`}
    <${Missed} spans=${seen.not_understood} suggestions=${suggestions} act=${act} />
    ${seen.notes.length > 0 && html`<${Fold} class="more" title=${`Notes on reading (${seen.notes.length})`}><ul class="where">${seen.notes.map((note) => html`<li>${note}</li>`)}</ul><//>`}`;
}

export function wordsOf(f, names, patient) {
  const label = (patient && names.get(f.id)?.lay_name) || f.name;
  const unit = f.unit && !label.includes(f.unit) ? ` ${f.unit}` : "";
  const value = f.value === null ? "" : typeof f.value === "number" ? ` ${f.value}${unit}` : `: ${f.value}`;
  const side = sideOf(f);
  const guessed = f.modifiers.includes("spelling") ? ` (guessed from “${f.source?.text || "a misspelt word"}”)` : "";
  return `${f.state === "absent" && f.value === null ? "no " : ""}${label}${value}${side && sided(f, names) ? ` (${side === "both" ? "both sides" : side})` : ""}${guessed}`;
}

const sideOf = (f) => f.modifiers.find((m) => ["left", "right", "both"].includes(m)) ?? "";
const sided = (f, names) => f.id.startsWith("site_") || names.get(f.id)?.kind === "examination";

function Chip({ id, kind, text, source, editor, open, edited, act }) {
  const origin = edited ? "answered here" : source ? `from “${source.text}”` : "given";
  const mark = html`<span class="mark" aria-hidden="true">${kind === "absent" ? "−" : kind === "known" ? "•" : "+"}</span>`;
  return html`<li class=${`chip chip-${kind}${edited ? " edited" : ""}`} title=${origin}>
    ${editor ? html`<button type="button" class="name" data-key=${`e-${id}`} aria-expanded=${String(open)} onclick=${() => act.edit(open ? "" : id)}>${mark}${text}<span class="hidden">, ${origin}; edit</span></button>` : html`<span class="name">${mark}${text}</span>`}
    <button type="button" class="remove" data-key=${`x-${id}`} aria-label=${`Take out: ${text}`} onclick=${() => act.takeOut(id, text)}>×</button>
  </li>`;
}

class Editor extends Component {
  box = createRef();

  componentDidMount() {
    this.box.current.querySelector("input:checked, select, input")?.focus();
  }

  render({ chip, act }) {
    const shut = () => act.edit("", chip.id);
    return html`<div ref=${this.box} class="editor" role="group" aria-label=${`Edit: ${chip.text}`} onkeydown=${(event) => event.key === "Escape" && shut()}>
      <p><strong>${capital(chip.text)}</strong> <span class="where">${chip.source ? `from “${chip.source.text}”` : "given here"}</span></p>
      ${chip.editor()}
      <div class="row"><button type="button" onclick=${() => act.takeOut(chip.id, chip.text)}>Not asked</button><button type="button" onclick=${shut}>Done</button></div>
    </div>`;
  }
}

function editFinding(f, about, told, act) {
  const now = told.given[f.id] ?? { state: f.state, value: currentValue(f, about), side: sideOf(f) || undefined };
  const set = (change) => act.give(f.id, { ...now, ...change });
  const yesNo = !about || about.type === "yes_no";
  return html`<div class="row fields">
    ${yesNo && html`<fieldset><legend>State</legend>${["present", "absent"].map((state) => html`<label><input type="radio" name="state" value=${state} checked=${now.state === state} onchange=${() => set({ state })} /> ${state}</label>`)}</fieldset>`}
    ${about?.values.length > 0 && html`<label>Value <select onchange=${(event) => event.target.value && set({ state: "present", value: event.target.value })}>
      ${typeof now.value !== "string" && html`<option value="">${typeof now.value === "number" ? "by its number" : "choose"}</option>`}
      ${about.values.map((value) => html`<option value=${value.id} selected=${now.value === value.id}>${value.name}</option>`)}</select></label>`}
    ${about?.unit && html`<label>Measured, ${about.unit} <input type="number" step="any" value=${typeof now.value === "number" ? now.value : ""} onchange=${(event) => event.target.value !== "" && set({ state: "present", value: Number(event.target.value) })} /></label>`}
    ${now.state === "present" && html`<label>Side <select onchange=${(event) => set({ side: event.target.value })}>${Object.entries(SIDES).map(([side, word]) => html`<option value=${side} selected=${(now.side ?? "") === side}>${word}</option>`)}</select></label>`}
  </div>`;
}

function currentValue(f, about) {
  if (f.value === null || typeof f.value === "number") return f.value ?? undefined;
  return about?.values.find((value) => value.name === f.value)?.id;
}

function editCondition(id, now, act) {
  const pick = (status) => act.give(id, status === "ruled out" ? { ruledOut: true } : { status });
  return html`<div class="row fields"><label>Status <select onchange=${(event) => pick(event.target.value)}>${[...STATUSES, "ruled out"].map((status) => html`<option selected=${status === now}>${status}</option>`)}</select></label></div>`;
}

function LeftOut({ told, act }) {
  const entries = Object.entries(told.leftOut);
  if (entries.length === 0) return null;
  return html`<div class="left-out"><h3>Taken out, counts as not asked</h3><ul>${entries.map(
    ([id, name]) => html`<li key=${id}><s>${name}</s> <button type="button" class="quiet" data-key=${`restore-${id}`} aria-label=${`Put back: ${name}`} onclick=${() => act.putBack(id)}>put back</button></li>`,
  )}</ul></div>`;
}

function Conflict({ conflict, names, act }) {
  const name = names.get(conflict.finding)?.name || plain(conflict.finding);
  return html`<li>${conflict.sentence} ${["present", "absent"].map(
    (state) => html`<button type="button" class="quiet" aria-label=${`${name}: ${state}`} onclick=${() => act.give(conflict.finding, { state })}>${state}</button>`,
  )}</li>`;
}

function Missed({ spans, suggestions, act }) {
  if (spans.length === 0) return null;
  const meant = new Map(suggestions.map((s) => [`${s.span.start}-${s.span.end}`, s.meant.filter((m) => m.kind === "findings")]));
  return html`<div class="missed-words"><h3>Not understood, and not used</h3><ul>${spans.map((span) => {
    const near = meant.get(`${span.start}-${span.end}`) ?? [];
    return html`<li><mark class="missed">${span.text.trim()}</mark>${near.length > 0 && html`<${Fragment}><span class="where"> did it mean </span>${near.map(
      (m) => html`<button type="button" class="quiet" aria-label=${`Add ${m.name} as present`} onclick=${() => act.give(m.id, { state: "present" })}>${m.name}?</button>`,
    )}<//>`}</li>`;
  })}</ul></div>`;
}
