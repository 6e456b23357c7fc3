// Two versions of a case side by side: what was told, what it did to urgency and causes.
import { get, said } from "./api.js";
import { Component, html } from "./html.js";
import { at } from "./saved.js";
import { wordsOf } from "./findings.js";
import { capital, percent, words } from "./words.js";

// Differences from one answer to another. Lines: [name, before, after], '' where there is nothing.
export function differences(from, to, names, patient) {
  const told = (answer) => new Map(answer.case.findings.filter((f) => !f.modifiers.includes("implied")).map((f) => [f.id, wordsOf(f, names, patient)]));
  const [before, after] = [told(from), told(to)];
  const ids = [...new Set([...before.keys(), ...after.keys()])].filter((id) => before.get(id) !== after.get(id));
  const chance = (answer) => new Map(answer.differential.map((c) => [c.condition.id, c]));
  const [was, is] = [chance(from), chance(to)];
  const listed = [...new Set([...to.differential, ...from.differential].filter((c) => c.tier !== "unlisted").map((c) => c.condition.id))];
  return {
    findings: ids.map((id) => [names.get(id)?.[patient ? "lay_name" : "name"] ?? id, before.get(id) ?? "", after.get(id) ?? ""]),
    causes: listed.map((id) => ({ name: (is.get(id) ?? was.get(id)).condition[patient ? "lay_name" : "name"], before: was.get(id)?.cause.value ?? 0, after: is.get(id)?.cause.value ?? 0, tier: [was.get(id)?.tier ?? "", is.get(id)?.tier ?? ""] })),
    urgency: [from.urgency.level, to.urgency.level],
  };
}

export class Compare extends Component {
  state = { from: "", to: "now", stored: [], trouble: "" };

  componentDidUpdate(before) {
    const { saved } = this.props;
    if (saved?.id !== before.saved?.id || saved?.version !== before.saved?.version) this.list(saved);
  }

  async list(saved) {
    this.setState({ stored: saved ? (await get(`/api/v1/cases/${saved.id}/versions`)).versions.map((line) => ({ id: `v${line.version}`, number: line.version, label: `saved version ${line.version}, ${at(line.saved_at)}` })) : [] });
  }

  // A saved version is fetched when it is chosen first; its reading is recorded.
  async pick(which, id) {
    this.setState({ [which]: id, trouble: "" });
    const line = this.state.stored.find((version) => version.id === id);
    if (!line || line.answer) return;
    try {
      const { answer } = await get(`/api/v1/cases/${this.props.saved.id}/versions/${line.number}`);
      this.setState(({ stored }) => ({ stored: stored.map((version) => (version.id === id ? { ...version, answer } : version)) }));
    } catch (error) {
      this.setState({ trouble: said(error) });
    }
  }

  render({ kept, answer, names, patient, keep }, { from, to, stored, trouble }) {
    const versions = [...stored, ...kept.map((version, place) => ({ ...version, id: `k${place}` })), ...(answer ? [{ id: "now", label: "now", answer }] : [])];
    const found = (id) => versions.find((version) => version.id === id);
    const [first, second] = [found(from) ?? versions.find((version) => version.answer), found(to) ?? versions.at(-1)];
    const choose = (which, label, chosen) => html`<label>${label} <select onchange=${(event) => this.pick(which, event.target.value)}>${versions.map((version) => html`<option value=${version.id} selected=${version === chosen}>${version.label}</option>`)}</select></label>`;
    return html`<h2>Compare two versions</h2>
      <p class="where">Keep the case as it is now, change it, and see what the change did. What is kept here is gone when the page is closed; saved versions stay.</p>
      <p><button type="button" id="keep" onclick=${keep} disabled=${!answer}>Keep this version</button></p>
      ${trouble && html`<p class="notice" role="alert">${trouble}</p>`}
      ${versions.length > 1 ? html`<div class="row fields">${choose("from", "From", first)}${choose("to", "To", second)}</div>${first?.answer && second?.answer && html`<${Differences} found=${differences(first.answer, second.answer, names, patient)} />`}` : html`<p>There is nothing to compare yet.</p>`}`;
  }
}

function Differences({ found }) {
  const [was, is] = found.urgency;
  const change = (cause) => Math.round(100 * (cause.after - cause.before));
  return html`<p><strong>Urgency:</strong> ${words.levels[was]}${was === is ? ", unchanged" : html` → <strong>${words.levels[is]}</strong>`}</p>
    <div class="scroll" role="region" aria-label="What was told" tabindex="0"><table><caption>What was told</caption>
      <thead><tr><th scope="col">finding</th><th scope="col">before</th><th scope="col">after</th></tr></thead>
      <tbody>${found.findings.length === 0 && html`<tr><td colspan="3">No difference.</td></tr>`}${found.findings.map(([name, before, after]) => html`<tr><th scope="row">${capital(name)}</th><td>${before || "not asked"}</td><td>${after || "not asked"}</td></tr>`)}</tbody></table></div>
    <div class="scroll" role="region" aria-label="Causes" tabindex="0"><table><caption>Causes</caption>
      <thead><tr><th scope="col">condition</th><th scope="col" class="num">before</th><th scope="col" class="num">after</th><th scope="col" class="num">points</th><th scope="col">tier</th></tr></thead>
      <tbody>${found.causes.map((cause) => html`<tr><th scope="row">${cause.name}</th><td class="num">${percent(cause.before)}</td><td class="num">${percent(cause.after)}</td><td class="num">${change(cause) > 0 ? "+" : change(cause) < 0 ? "−" : "±"}${Math.abs(change(cause))}</td><td>${tier(cause.tier)}</td></tr>`)}</tbody></table></div>`;
}

const named = (tier) => (words.tiers[tier] ?? "not listed").toLowerCase();
const tier = ([before, after]) => (before === after ? named(after) : `${named(before)} → ${named(after)}`);
