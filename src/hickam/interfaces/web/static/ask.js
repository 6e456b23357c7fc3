// Questions about this patient or the knowledge. The conversation lives on this page and nowhere else.
import { post, said } from "./api.js";
import { Component, Fold, html, NewTab } from "./html.js";
import { count } from "./words.js";

const HEADS = { refused: "The knowledge does not say.", urgent: "See to this first." };
const TRY = ["What would change your mind?", "What if the pulses were normal?", "Does magnesium help?", "Why not a clot?"];

export class Ask extends Component {
  state = { answers: [], carry: null, busy: false };

  async ask(question) {
    if (!question || this.state.busy) return;
    this.setState({ busy: true });
    try {
      const answer = await post("/api/v1/ask", { question, before: this.state.carry, about: this.props.about(), reader: this.props.reader });
      this.setState(({ answers }) => ({ answers: [{ answer }, ...answers], carry: answer.carry, busy: false }));
      return true;
    } catch (error) {
      this.setState(({ answers }) => ({ answers: [{ question, trouble: said(error) }, ...answers], busy: false }));
      return false;
    }
  }

  async submit(event) {
    event.preventDefault();
    const box = event.target.elements["ask-text"];
    if (await this.ask(box.value.trim())) box.value = "";
  }

  render(_, { answers, busy }) {
    return html`<h2 id="ask-title">Ask about this patient or the knowledge</h2>
      <p class="where">Answered from the pack’s cited claims and this case only; where the knowledge does not say, the answer says so. A follow-up may refer to the answer before.</p>
      <form id="ask-form" class="row" autocomplete="off" onsubmit=${(event) => this.submit(event)}>
        <input id="ask-text" aria-labelledby="ask-title" maxlength="2000" placeholder="Why not night cramps?" /><button type="submit" disabled=${busy}>${busy ? "Looking …" : "Ask"}</button>
      </form>
      ${answers.length === 0 && html`<p class="row"><span class="where">Try:</span> ${TRY.map((text) => html`<button type="button" class="quiet" onclick=${() => this.ask(text)}>${text}</button>`)}</p>`}
      <div id="ask-answers" aria-live="polite">${answers.map(({ answer, question, trouble }, index) => (answer ? html`<${Answer} key=${answers.length - index} answer=${answer} />` : html`<p key=${answers.length - index} class="notice"><q>${question}</q> ${trouble}</p>`))}</div>`;
  }
}

function Answer({ answer }) {
  const list = (parts, title) => parts.length > 0 && html`${title && html`<h4>${title}</h4>`}<ul>${parts.map((part) => html`<${Sentence} part=${part} answer=${answer} />`)}</ul>`;
  const notes = [...answer.notes, ...(answer.counted.length ? [`Counted: ${answer.counted.join("; ")}`] : []), ...answer.ask_a_clinician];
  return html`<article class="card">
    <h3>${answer.question}</h3>
    ${answer.urgent && html`<div class=${`urgency level-${answer.urgent.level}`}><strong>${answer.urgent.sentence}</strong><ul>${answer.urgent.reasons.map((text) => html`<li>${text}</li>`)}</ul></div>`}
    ${HEADS[answer.standing] && html`<p><strong>${HEADS[answer.standing]}</strong></p>`}
    ${list(answer.short)}
    ${list(answer.support, answer.disagree ? "The sources disagree" : "What the knowledge also says")}
    ${list(answer.nearest, "The nearest thing it does say")}
    <ul class="where">${notes.map((text) => html`<li>${text}</li>`)}</ul>
    <p class="where">${answer.disclaimer}</p>
  </article>`;
}

// A sentence with its certainty; its claims and their sources open in place.
function Sentence({ part, answer }) {
  const sources = answer.references.filter((ref) => part.sources.includes(ref.key));
  const claims = answer.claims.filter((claim) => part.claims.includes(claim.id));
  return html`<li>${part.text}${part.certainty && html`<span class="where"> (${part.certainty})</span>`}
    <${Fold} title=${sources.length ? count(sources.length, "source") : "where this is from"}>
      ${claims.map((claim) => html`<p class="where">${claim.origin === "case" ? "computed for this case" : claim.id} · ${claim.review_state}, pending human review</p>`)}
      ${sources.map((ref) => html`<p class="where">${ref.url ? html`<${NewTab} href=${ref.url}>${ref.citation}<//>` : ref.citation}</p>`)}
    <//></li>`;
}
