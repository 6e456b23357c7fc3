// What was understood of the case: chips to remove, what was left out, contradictions, notes, words not understood.
import { h, plain } from "./dom.js";

export function understood(seen, suggestions, findings, patient, state, act) {
  const label = (f) => (patient && findings.get(f.id)?.lay_name) || f.name;
  const sided = (f) => f.id.startsWith("site_") || findings.get(f.id)?.kind === "examination";
  const words = (f) => {
    const value = f.value === null ? "" : typeof f.value === "number" ? ` ${f.value} ${f.unit}` : `: ${f.value}`;
    const side = f.modifiers.filter((m) => sided(f) && ["left", "right", "both"].includes(m)).map((m) => ` (${m === "both" ? "both sides" : m})`);
    return `${f.state === "absent" && f.value === null ? "no " : ""}${label(f)}${value}${side.join("")}${f.modifiers.includes("spelling") ? ` (guessed from “${f.source?.text || "a misspelt word"}”)` : ""}`;
  };
  const said = seen.findings.filter((f) => !f.modifiers.includes("implied"));
  const implied = seen.findings.filter((f) => f.modifiers.includes("implied"));
  const person = [seen.age !== null && `${seen.age} years`, seen.sex].filter(Boolean).join(", ");
  const chips = [
    ...said.map((f) => chip(words(f), f.state, f.id, f.source, act, state.given.has(f.id))),
    ...seen.known_conditions.map((k) => chip(`${k.name} (known${k.status === "unknown" ? "" : `, ${k.status}`})`, "known", k.id, k.source, act)),
    ...seen.ruled_out.map((k) => chip(`${k.name} ruled out`, "absent", k.id, k.source, act)),
    ...seen.medications.map((m) => chip(`takes ${m.name}${m.dose ? ` ${m.dose}` : ""}${m.current ? "" : " (stopped)"}${m.drug ? "" : " (not in the pack)"}`, "known", m.drug || m.name.toLowerCase(), m.source, act)),
  ];
  return [
    chips.length > 0 && h("h2", { tabindex: "-1", "data-fallback": true }, "Understood", person && h("span", { class: "count" }, ` ${person}`)),
    chips.length > 0 && h("ul", { class: "chips" }, chips),
    implied.length > 0 && h("details", { key: "implied", class: "more" }, h("summary", {}, `Follows from these (${implied.length})`), h("p", { class: "where" }, implied.map(words).join(" · "))),
    state.leftOut.size > 0 && leftOut(state, findings, act),
    seen.conflicts.length > 0 && h("div", { class: "notice" }, h("h3", {}, "Contradictions"), h("ul", {}, seen.conflicts.map((c) => conflict(c, findings, act)))),
    seen.not_understood.length > 0 && missed(seen.not_understood, suggestions, act),
    seen.notes.length > 0 && h("details", { key: "notes", class: "more", open: seen.notes.length <= 2 }, h("summary", {}, `Notes on reading (${seen.notes.length})`), h("ul", { class: "where" }, seen.notes.map((note) => h("li", {}, note)))),
  ];
}

function chip(text, kind, id, source, act, answered = false) {
  const origin = source ? `from “${source.text}”` : answered ? "answered here" : "given";
  return h(
    "li",
    { class: `chip chip-${kind}`, title: origin },
    h("span", {}, h("span", { class: "mark", "aria-hidden": "true" }, kind === "absent" ? "−" : kind === "known" ? "•" : "+"), text),
    h("button", { type: "button", class: "remove", key: `x-${id}`, "aria-label": `Remove: ${text}`, onclick: () => act.remove(id, text) }, "×"),
  );
}

function leftOut(state, findings, act) {
  const line = ([id, name]) =>
    h(
      "li",
      {},
      h("s", {}, name),
      " ",
      h("button", { type: "button", class: "quiet", key: `restore-${id}`, onclick: () => act.restore(id), "aria-label": `Put back: ${name}` }, "put back"),
      findings.get(id)?.type === "yes_no" && [
        h("button", { type: "button", class: "quiet", key: `as-present-${id}`, onclick: () => act.present(id), "aria-label": `${findings.get(id).name}: present` }, "present"),
        h("button", { type: "button", class: "quiet", key: `as-absent-${id}`, onclick: () => act.absent(id), "aria-label": `${findings.get(id).name}: absent` }, "absent"),
      ],
    );
  return h("div", { class: "left-out" }, h("h3", {}, "Taken out, counts as not asked"), h("ul", {}, [...state.leftOut].map(line)));
}

function conflict(item, findings, act) {
  const name = findings.get(item.finding)?.name || plain(item.finding);
  const button = (word, run) => h("button", { type: "button", class: "quiet", key: `settle-${item.finding}-${word}`, "aria-label": `${name}: ${word}`, onclick: run }, word);
  return h("li", {}, item.sentence, " ", button("present", () => act.present(item.finding)), button("absent", () => act.absent(item.finding)));
}

function missed(spans, suggestions, act) {
  const meant = new Map(suggestions.map((s) => [`${s.span.start}-${s.span.end}`, s.meant.filter((m) => m.kind === "findings")]));
  const line = (span) => {
    const near = meant.get(`${span.start}-${span.end}`) || [];
    const one = (m) => h("button", { type: "button", class: "quiet", key: `meant-${span.start}-${m.id}`, onclick: () => act.present(m.id), "aria-label": `Add ${m.name} as present` }, `+ ${m.name}`);
    return h("li", {}, `“${span.text.trim()}”`, near.length > 0 && [h("span", { class: "where" }, " did it mean: "), near.map(one)]);
  };
  return h("div", { class: "missed-words" }, h("h3", {}, "Not understood"), h("ul", {}, spans.map(line)));
}
