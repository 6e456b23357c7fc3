// Why: a waterfall of decibans from age and sex to the answer, and what would put another cause first.
import { SILENT, post, said } from "./api.js";
import { Step } from "./charts.js";
import { Component, html } from "./html.js";
import { Bibliography, Cite } from "./sources.js";
import { percent, signed } from "./words.js";

export class Working extends Component {
  state = { more: null, busy: false, trouble: "" };

  // Contributions of a condition that is not among the first, and what would overturn the answer: a second's work.
  async fetchMore() {
    this.setState({ busy: true, trouble: "" });
    try {
      const more = await post("/api/v1/explain", { ...this.props.sent(), condition: this.props.item.condition.id });
      this.setState({ more, of: this.props.answer });
    } catch (error) {
      this.setState({ trouble: error.problem ? said(error) : SILENT });
    }
    this.setState({ busy: false });
  }

  render({ item, answer, settled, bibliography, reader }, { more, of, busy, trouble }) {
    const fresh = of === answer ? more : null;
    const shown = fresh?.candidate ?? item;
    const sources = fresh ? new Bibliography(fresh.references) : bibliography;
    return html`${shown.baseline_decibans === null ? html`<p class="where">${settled ? "The working of the first twelve conditions is at hand; that of others on demand." : "Working it out …"}</p>` : html`<${Waterfall} item=${shown} bibliography=${sources} exact=${reader === "researcher"} />`}
      ${fresh ? html`<${Overturned} list=${fresh.overturn} />` : settled && html`<button type="button" onclick=${() => this.fetchMore()} disabled=${busy}>${busy ? "Searching …" : item.baseline_decibans === null ? "Show the working" : "What would overturn this?"}</button>`}
      ${trouble && html`<p class="notice" role="alert">${trouble}</p>`}`;
  }
}

function Waterfall({ item, bibliography, exact }) {
  const steps = [{ decibans: item.baseline_decibans, sentence: "Start: age, sex, setting, risk factors, known conditions" }, ...item.contributions.filter((c) => Math.abs(c.decibans) >= 0.05)];
  const sums = [0];
  for (const step of steps) sums.push(sums[sums.length - 1] + step.decibans);
  const total = item.baseline_decibans + item.contributions.reduce((sum, c) => sum + c.decibans, 0);
  const scale = { least: Math.min(...sums, -5), most: Math.max(...sums, 5) };
  const row = (step, index) => html`<tr>
    <td class="num">${signed(step.decibans)}</td>
    <td class="shape"><${Step} from=${sums[index]} to=${sums[index + 1]} ...${scale} /></td>
    <td>${step.sentence} ${step.basis && html`<span class=${`basis basis-${step.basis}`}>${step.basis}</span>`}<${Cite} bibliography=${bibliography} keys=${step.sources} /></td>
  </tr>`;
  return html`<table class="waterfall">
    <caption>Why, in decibans: from even odds (the line) to ${percent(item.cause.value, exact)}</caption>
    <thead class="hidden"><tr><th scope="col">decibans</th><th scope="col">against or for</th><th scope="col">finding</th></tr></thead>
    <tbody>${steps.map(row)}
      <tr class="sum"><td class="num">${signed(total)}</td><td class="shape"><${Step} from=${0} to=${total} ...${scale} /></td><td>Sum = ${percent(item.cause.value, exact)} as the cause</td></tr>
    </tbody>
  </table>`;
}

function Overturned({ list }) {
  const joined = (found) => found.map((f) => f.answer).join("; ");
  return html`<div class="overturn"><h4>What would overturn it</h4>${list.length === 0 ? html`<p class="where">Nothing found among up to three answers.</p>` : html`<ul>${list.map(
    (o) => html`<li><strong>${o.rival.name}</strong> would come before ${o.leader.name}
      ${o.added.length > 0 && html` if found: ${joined(o.added)} (chance ${percent(o.added_probability)}; then ${percent(o.added_rival)} against ${percent(o.added_leader)})`}
      ${o.withdrawn.length > 0 && html`${o.added.length > 0 ? "; or" : ""} without: ${joined(o.withdrawn)}`}
      ${o.added.length + o.withdrawn.length === 0 && " by none of up to three answers"}.
      ${o.numbers.filter((n) => n.within).map((n) => html`<span class="where"> ${n.sentence}</span>`)}</li>`,
  )}</ul>`}</div>`;
}
