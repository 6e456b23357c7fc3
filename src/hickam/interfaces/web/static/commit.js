// Commit first: the clinician writes their own list before the answer shows; then both stand side by side.
import { post, said } from "./api.js";
import { Component, html } from "./html.js";
import { capital, count, percent, words } from "./words.js";

const lines = (text) => text.split(/[\n;]/).map((line) => line.replace(/^[\s\d.)•-]+/, "").trim()).filter(Boolean);

export class CommitFirst extends Component {
  state = { text: "", found: null, busy: false, trouble: "", of: null };

  async compare(event) {
    event?.preventDefault();
    const own = lines(this.state.text);
    if (own.length === 0) {
      this.setState({ trouble: "Write at least one condition; “do not know” is an answer too: switch commit-first off." });
      return;
    }
    const { answer } = this.props;
    this.setState({ busy: true, trouble: "" });
    try {
      const { comparison } = await post("/api/v1/own-list", { ...this.props.sent(), own });
      this.setState({ found: comparison, of: answer });
      this.props.onCommit();
    } catch (error) {
      this.setState({ trouble: said(error) });
    }
    this.setState({ busy: false });
  }

  // After the commitment the comparison follows the case.
  componentDidUpdate() {
    const { committed, answer, settled } = this.props;
    if (committed && settled && answer && this.state.of && this.state.of !== answer && !this.state.busy) this.compare();
  }

  render({ committed, answer, off }, { text, found, busy, trouble }) {
    if (committed && found) return html`<${Beside} found=${found} off=${off} />`;
    return html`<section class="commit" aria-labelledby="commit-title">
      <h2 id="commit-title" tabindex="-1">Your own list first</h2>
      <p>Write what you think may cause it, the likeliest first, one a line. The answer waits until you commit, so that it does not lead you; an emergency shows at once.</p>
      <form onsubmit=${(event) => this.compare(event)}>
        <label for="own-list">Conditions, one a line</label>
        <textarea id="own-list" rows="5" maxlength="2000" autocomplete="off" spellcheck="true" value=${text} oninput=${(event) => this.setState({ text: event.target.value })}></textarea>
        <div class="row"><button type="submit" class="first" disabled=${busy || !answer}>${busy ? "Comparing …" : "Commit and compare"}</button><button type="button" onclick=${off}>Show the answer without committing</button></div>
        ${!answer && html`<p class="where">Tell the story first.</p>`}
        ${trouble && html`<p class="notice" role="alert">${trouble}</p>`}
      </form>
    </section>`;
  }
}

function Beside({ found, off }) {
  const cause = (line) => (line.cause === null ? "below 0.1 %" : percent(line.cause));
  const own = (line) => html`<li><strong>${line.name}</strong>${line.said.toLowerCase() !== line.name.toLowerCase() && html`<span class="where"> you wrote “${line.said}”</span>`} <span class="where">yours ${line.place}, here ${line.rank || "not listed"} · ${cause(line)} · ${words.tiers[line.tier]?.toLowerCase() ?? "not listed"}</span>${line.against.length > 0 && html`<span class="where"> against it: ${line.against.join("; ")}</span>`}</li>`;
  const omitted = (line) => html`<li><strong>${line.name}</strong> ${line.tier === "do_not_miss" && html`<span class="pill pill-danger">do not miss</span>`} <span class="where">${cause(line)} · ${words.tiers[line.tier].toLowerCase()}</span>${line.related.length > 0 && html`<span class="where"> linked with your ${line.related.join(", ")}</span>`}${line.support.length > 0 && html`<span class="where"> for it: ${line.support.join("; ")}</span>`}</li>`;
  const part = (title, kind, list, draw, none) => html`<section class=${`beside ${kind}`}><h3>${title} <span class="count">${list.length}</span></h3>${list.length ? html`<ul>${list.map(draw)}</ul>` : html`<p class="where">${none}</p>`}</section>`;
  return html`<section class="commit" aria-labelledby="commit-title">
    <div class="row between"><h2 id="commit-title" tabindex="-1">Your list and Hickam’s</h2><button type="button" class="quiet" onclick=${off}>close</button></div>
    <div class="three">
      ${part("Agreement", "agreed", found.agreed, own, "None of yours is on its list.")}
      ${part("Only on yours", "own", found.only_own, own, "Everything you named is on its list.")}
      ${part("Omitted by you", "omitted", found.omitted, omitted, "You named everything on its list.")}
    </div>
    ${found.unknown.length > 0 && html`<p class="notice">Not known to the pack, and not compared: ${found.unknown.map((u) => html`<q>${u.said}</q>${u.near.length > 0 && ` (did you mean ${u.near.join(", ")}?)`} `)}</p>`}
    <p class="where">${capital(count(found.agreed.length + found.only_own.length, "condition"))} of yours compared. Neither list is the truth: see what moves each line below.</p>
  </section>`;
}
