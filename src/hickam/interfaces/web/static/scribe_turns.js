// The transcript in the scribe: who said what, the sound behind it, names heard otherwise, and speech without words.
import { Component, html } from "./html.js";
import { play } from "./scribe_sound.js";

const ROLES = { clinician: "Clinician", patient: "Patient", other: "Companion", unknown: "Not known" };
const WHY = { "no words": "no words were made out", "words not trusted": "its words could not be trusted", "another language": "another language", "two at once": "two spoke at once: one of them is not written", "not transcribed": "this piece could not be transcribed" };
const ROUNDING = 0.011;

const textOf = (words) => words.map((word) => word.text).join(" ");

// One recording's turns, proposals and gaps with ids of this visit, which has `from` turns already.
export function turnsOf(transcript, from, sound) {
  const roles = Object.fromEntries(transcript.speakers.map((speaker) => [speaker.id, speaker.role]));
  const turns = transcript.turns.map(({ id, speaker, start, end, words }, n) => ({
    id: `t${from + n + 1}`, role: roles[speaker], speaker, text: textOf(words), heard: textOf(words), words, start, end, sound,
    proposals: (transcript.proposals ?? []).filter((proposal) => proposal.turn === id),
  }));
  const gaps = (transcript.uncovered ?? []).map((gap) => ({ ...gap, sound, after: turns.filter((turn) => turn.start <= gap.start).length + from }));
  return { turns, gaps };
}

const inside = (word, { start, end }) => word.start >= start - ROUNDING && word.end <= end + ROUNDING;
const without = (turn, proposal) => turn.proposals.filter((other) => other !== proposal);

// The proposed words take the place and the time of those that were heard.
function accepted(turn, proposal) {
  const first = turn.words.findIndex((word) => inside(word, proposal));
  const count = turn.words.filter((word) => inside(word, proposal)).length;
  const texts = (proposal.proposed + (proposal.said.match(/[.,?!;:]$/)?.[0] ?? "")).split(" ");
  const step = (proposal.end - proposal.start) / texts.length;
  const said = texts.map((text, n) => ({ text, start: proposal.start + n * step, end: proposal.start + (n + 1) * step, probability: null, confirm: [], confirmed: true }));
  const words = [...turn.words.slice(0, first), ...said, ...turn.words.slice(first + count)];
  return { words, text: textOf(words), proposals: without(turn, proposal) };
}

const refused = (turn, proposal) => ({
  words: turn.words.map((word) => (inside(word, proposal) ? { ...word, confirm: word.confirm.filter((why) => why !== "disputed") } : word)),
  proposals: without(turn, proposal),
});

export class Turns extends Component {
  state = { listened: "" };

  // A doubtful word is listened to first; a second click says that it is right.
  press(turn, n) {
    const [word, key] = [turn.words[n], `${turn.id} ${n}`];
    if (turn.sound && this.state.listened !== key) {
      this.setState({ listened: key });
      return this.props.act.draw(() => play(turn.sound, word.start, word.end));
    }
    return this.props.act.change(turn.id, { words: turn.words.map((other) => (other === word ? { ...other, confirmed: true } : other)) });
  }

  words(turn) {
    if (turn.words.length === 0) return turn.text;
    const listen = ({ start, end }) => turn.sound && this.props.act.draw(() => play(turn.sound, start, end));
    return turn.words.map((word, n) => {
      if (word.confirm.length === 0 || word.confirmed) return html`<span onclick=${() => listen(word)}>${word.text}</span> `;
      const again = turn.sound && this.state.listened !== `${turn.id} ${n}` ? "listen" : "it is right";
      return html`<button type="button" class="unsure" title=${`confirm: ${word.confirm.join(", ")} (${again})`} onclick=${() => this.press(turn, n)}>${word.text}</button> `;
    });
  }

  turn(turn, { at, editing, act }) {
    const edited = editing === turn.id;
    return html`<li key=${turn.id} id=${turn.id} class=${turn.id === at ? "at" : ""}>
      <select aria-label=${`Speaker of ${turn.id}`} value=${turn.role} onchange=${(event) => act.change(turn.id, { role: event.target.value })}>
        ${Object.entries(ROLES).map(([role, name]) => html`<option value=${role} selected=${role === turn.role}>${name}</option>`)}</select>
      ${edited
        ? html`<textarea aria-label=${`Words of ${turn.id}`} value=${turn.text} onchange=${(event) => act.change(turn.id, { text: event.target.value, words: [], proposals: [] })}></textarea>`
        : html`<p>${this.words(turn)}</p>`}
      <span>${turn.sound && html`<button type="button" class="quiet" aria-label=${`Listen to ${turn.id}`} onclick=${() => act.draw(() => play(turn.sound, turn.start, turn.end))}>Listen</button>`}
        <button type="button" class="quiet" aria-label=${`${edited ? "Done with" : "Edit"} ${turn.id}`} onclick=${() => act.setState({ editing: edited ? "" : turn.id })}>${edited ? "Done" : "Edit"}</button></span>
      ${(turn.proposals ?? []).map((proposal) => html`<p class="heard where" key=${proposal.id}>“${proposal.said}” may be <strong>${proposal.proposed}</strong>
        <button type="button" class="quiet" onclick=${() => act.change(turn.id, accepted(turn, proposal))}>Write ${proposal.proposed}</button>
        <button type="button" class="quiet" onclick=${() => act.change(turn.id, refused(turn, proposal))}>Leave it</button></p>`)}
      ${turn.text !== turn.heard && html`<p class="heard where">Before: ${turn.heard}</p>`}
    </li>`;
  }

  gaps(after) {
    const { gaps, act } = this.props;
    return gaps.filter((gap) => gap.after === after).map((gap) => html`<li class="gap" key=${`${after} ${gap.start}`}>
      <p class="where">Somebody spoke for ${(gap.end - gap.start).toFixed(1)} s: ${WHY[gap.why]}.</p>
      <button type="button" class="quiet" onclick=${() => act.draw(() => play(gap.sound, gap.start, gap.end))}>Listen</button></li>`);
  }

  render(props) {
    return html`<div class="row between"><h3>Transcript</h3><button type="button" onclick=${() => props.act.swap()}>Swap clinician and patient</button></div>
      <ol class="turns" tabindex="0" aria-label="Transcript">${this.gaps(0)}${props.turns.map((turn, n) => [this.turn(turn, props), this.gaps(n + 1)])}</ol>`;
  }
}
