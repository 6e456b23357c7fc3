// The scribe: the visit so far to findings, differential and next question; the draft note from what is confirmed.
import { post, postForFile, said, save } from "./api.js";
import { Component, html, render } from "./html.js";
import { Recorder } from "./scribe_record.js";
import { Turns, turnsOf } from "./scribe_turns.js";

const WORDS = JSON.parse(document.getElementById("words").textContent);
const PAUSE = 500;
const SHOWN = 5;
const ASKED = 3;
const EMPTY = { draft: "", turns: [], gaps: [], remarks: [], heard: null, confirmed: new Set(), at: "", editing: "", trouble: "", note: "", signed: "" };

class Scribe extends Component {
  state = { ...EMPTY, confirmed: new Set() };

  tell(change, after) {
    this.setState({ trouble: "", note: "", signed: "", ...change }, () => { this.listen(); after?.(); });
  }

  body() {
    const { draft, turns } = this.state;
    if (turns.length === 0) return { text: draft };
    return { turns: turns.map(({ id, role, speaker, text, words }) => ({ id, role, speaker, text, words })) };
  }

  // What was said is read again when the speaker pauses; an answer that comes too late is dropped.
  listen() {
    clearTimeout(this.waiting);
    this.waiting = setTimeout(async () => {
      this.running?.abort();
      const { draft, turns } = this.state;
      if (turns.length === 0 && !/\w/.test(draft)) return this.setState({ heard: null });
      this.running = new AbortController();
      try {
        this.heardNow(await post("/api/v1/visit", this.body(), this.running.signal));
      } catch (error) {
        if (error.name !== "AbortError") this.setState({ trouble: said(error) });
      }
    }, PAUSE);
  }

  // A finding stays confirmed while the same words say the same thing.
  heardNow(heard) {
    const kept = new Set(this.state.heard ? things(this.state.heard.visit).filter((item) => this.state.confirmed.has(item.number)).map(key) : []);
    const confirmed = new Set(things(heard.visit).filter((item) => kept.has(key(item))).map((item) => item.number));
    this.setState({ heard, confirmed });
  }

  async take() {
    try {
      const { turns } = await post("/api/v1/visit", { text: this.state.draft });
      const from = this.state.turns.length;
      const added = turns.map((turn, n) => ({ ...turn, id: `t${from + n + 1}`, heard: turn.text, words: [] }));
      this.tell({ turns: [...this.state.turns, ...added], draft: "" });
    } catch (error) {
      this.setState({ trouble: said(error) });
    }
  }

  add(transcript, sound) {
    const { turns, gaps } = turnsOf(transcript, this.state.turns.length, sound);
    const remarks = [...new Set([...this.state.remarks, ...(transcript.notes ?? [])])];
    this.tell({ turns: [...this.state.turns, ...turns], gaps: [...this.state.gaps, ...gaps], remarks });
  }

  change(id, parts) {
    this.tell({ turns: this.state.turns.map((turn) => (turn.id === id ? { ...turn, ...parts } : turn)) });
  }

  swap() {
    const other = { clinician: "patient", patient: "clinician" };
    this.tell({ turns: this.state.turns.map((turn) => ({ ...turn, role: other[turn.role] ?? turn.role })) });
  }

  async written(format) {
    const response = await postForFile("/api/v1/visit/note", { ...this.body(), confirmed: [...this.state.confirmed], format });
    return response.blob();
  }

  async draw(act) {
    try {
      await act();
    } catch (error) {
      this.setState({ trouble: said(error) });
    }
  }

  show = () => this.draw(async () => this.setState({ note: await (await this.written("text")).text() }));

  file = (format, name) => this.draw(async () => save(await this.written(format), name));

  // Kept in the store where the person asks for it; else note and signature are files for the browser to save.
  sign = (event) => {
    event.preventDefault();
    const { signer, signerRole, patient, keep } = event.target.elements;
    const [name, role] = [signer.value, signerRole.value];
    this.draw(async () => {
      const note = await (await this.written("json")).text();
      if (keep.checked) {
        const { document } = await post("/api/v1/visit/keep", { note, name, role, patient: patient.value });
        this.setState({ signed: `Signed by ${document.signed_name}, ${document.signed_at}, and kept with your saved cases (document ${document.id}).` });
        return;
      }
      const signature = await post("/api/v1/visit/sign", { note, name, role });
      save(new Blob([note], { type: "application/json" }), "note.json");
      save(new Blob([JSON.stringify(signature)], { type: "application/json" }), "note.json.signature");
      this.setState({ signed: `Signed by ${signature.name}, ${signature.signed_at}. Note and signature were given to the browser to save.` });
    });
  };

  render(_, { draft, turns, gaps, remarks, heard, confirmed, at, editing, trouble, note, signed }) {
    const pick = (number, on) => this.setState({ confirmed: new Set([...confirmed].filter((n) => n !== number).concat(on ? [number] : [])), note: "", signed: "" });
    return html`<div class="visit">
      <section aria-labelledby="words-title"><h2 id="words-title">What is said</h2>
        <${Recorder} onTranscript=${(transcript, sound) => this.add(transcript, sound)} />
        <label for="draft">Type or paste the visit, one turn a line: <code>Doctor: …</code>, <code>Patient: …</code></label>
        <textarea id="draft" value=${draft} oninput=${(event) => this.tell({ draft: event.target.value })}></textarea>
        <div class="row"><button type="button" disabled=${!/\w/.test(draft)} onclick=${() => this.take()}>Put into the transcript</button>
          <button type="button" disabled=${!draft && turns.length === 0} onclick=${() => this.tell({ ...EMPTY, confirmed: new Set() })}>Discard everything</button></div>
        ${trouble && html`<p class="notice" role="alert">${trouble}</p>`}
        ${remarks.map((remark) => html`<p class="where" key=${remark}>${remark}</p>`)}
        ${turns.length + gaps.length > 0 && html`<${Turns} turns=${turns} gaps=${gaps} at=${at} editing=${editing} act=${this} />`}
      </section>
      <section aria-labelledby="heard-title"><h2 id="heard-title">What was heard</h2>
        ${heard ? html`<${Found} heard=${heard} confirmed=${confirmed} pick=${pick} all=${() => this.setState({ confirmed: certain(heard.visit), note: "", signed: "" })} look=${(turn) => this.setState({ at: turn })} />` : html`<p class="where">Findings show here while the visit goes on.</p>`}
        ${heard?.answer && html`<${Leading} answer=${heard.answer} />`}
        ${heard && html`<${Note} confirmed=${confirmed.size} note=${note} signed=${signed} act=${this} />`}
      </section></div>`;
  }
}

const things = (visit) => [...visit.findings, ...visit.medicines, ...visit.conditions];
const key = (item) => JSON.stringify([item.finding ?? item.drug ?? item.condition, item.state, item.name, item.dose, item.places.map((place) => place.words)]);
const certain = (visit) => new Set(things(visit).filter((item) => item.doubts.length === 0).map((item) => item.number));

function Found({ heard, confirmed, pick, all, look }) {
  const { visit } = heard;
  const groups = [
    ["Present", visit.findings.filter((f) => f.state === "present" && !f.examined)],
    ["Absent", visit.findings.filter((f) => f.state === "absent" && !f.examined)],
    ["Examination and results", visit.findings.filter((f) => f.examined)],
    ["Medicines", visit.medicines],
    ["Background", visit.conditions],
  ];
  return html`<div class="row between"><p class="where">${confirmed.size} of ${things(visit).length} confirmed</p><button type="button" onclick=${all}>Confirm everything certain</button></div>
    ${groups.map(([title, items]) => items.length > 0 && html`<h3>${title}</h3><ul class="heardlist">${items.map((item) => html`<${Line} key=${item.number} item=${item} on=${confirmed.has(item.number)} pick=${pick} look=${look} />`)}</ul>`)}
    ${visit.to_ask.length > 0 && html`<h3>To ask again</h3><ul>${visit.to_ask.map((ask) => html`<li key=${ask.finding}>${ask.name} <span class="where">${ask.why}</span></li>`)}</ul>`}`;
}

function Line({ item, on, pick, look }) {
  const side = item.side ? `, ${item.side === "both" ? "both sides" : item.side}` : "";
  const value = item.value === null || item.value === undefined ? "" : `, ${item.value} ${item.unit}`;
  const stopped = item.current === false ? " (stopped)" : "";
  const name = `${item.state === "absent" && item.examined ? "no " : ""}${item.name}${item.dose ? ` ${item.dose}` : ""}${stopped}${side}${value}`;
  const words = item.places.map((place) => `“${place.words}”`).join(" ");
  return html`<li><input type="checkbox" id=${`n${item.number}`} checked=${on} onchange=${(event) => pick(item.number, event.target.checked)} />
    <span><label for=${`n${item.number}`}>${name}</label>${item.doubts.length > 0 && html` <span class="pill">${item.doubts.join("; ")}</span>`}
      <br /><button type="button" class="said" aria-label=${`Show where it was said: ${words}`} onclick=${() => { look(item.places[0].turn); document.getElementById(item.places[0].turn)?.scrollIntoView({ block: "nearest" }); }}>${words}</button></span></li>`;
}

// Offered beside the visit, never announced: nothing here takes the focus or speaks.
function Leading({ answer }) {
  const causes = answer.differential.filter((item) => item.tier !== "unlisted").slice(0, SHOWN);
  const level = answer.urgency.level;
  return html`<div class="quietly" id="leading"><h3>So far</h3>
    <p><span class=${`pill level-${level}`}>${WORDS.levels[level]}</span>${answer.urgency.provisional && html` <span class="where">not below this until the danger signs are asked</span>`}</p>
    <ol class="causes">${causes.map((item) => html`<li key=${item.condition.id}>${item.condition.name} ${Math.round(item.cause.value * 100)} %</li>`)}</ol>
    <h3>You could ask</h3>
    <ul id="ask">${answer.next_steps.slice(0, ASKED).map((step) => html`<li key=${step.id}>${step.question || step.name}</li>`)}</ul>
    <p class="where">Estimates from what was heard so far, before you confirmed it; pending human review.</p></div>`;
}

function Note({ confirmed, note, signed, act }) {
  return html`<h3>Note</h3><div class="row"><button type="button" class="first" disabled=${confirmed === 0} onclick=${act.show}>Draft the note</button>
      <button type="button" disabled=${confirmed === 0} onclick=${() => act.file("pdf", "visit-note.pdf")}>PDF</button></div>
    ${note && html`<pre class="note" tabindex="0" aria-label="Draft note">${note}</pre>
      <form class="row" onsubmit=${act.sign}><label>Name <input name="signer" required /></label><label>Role <input name="signerRole" /></label>
        <label><input type="checkbox" name="keep" /> Keep with my saved cases</label><label>Patient, as your records name them <input name="patient" /></label><button type="submit">I have read it: sign</button></form>`}
    <p role="status">${signed}</p>`;
}

render(html`<${Scribe} />`, document.getElementById("scribe"));
