// Age, sex and setting; and a finding or illness by name.
import { Component, html } from "./html.js";

const SETTINGS = { primary_care: "primary care", emergency: "emergency", specialist: "specialist" };

export const Person = ({ told, act }) => html`<form class="person" autocomplete="off" onsubmit=${(event) => event.preventDefault()}>
  <label>Age <input id="age" type="number" min="0" max="120" step="any" inputmode="decimal" placeholder="as told" value=${told.age} oninput=${(event) => act.set({ age: event.target.value }, true)} /></label>
  <label>Sex <select id="sex" value=${told.sex} onchange=${(event) => act.set({ sex: event.target.value })}><option value="">as told</option><option value="female">female</option><option value="male">male</option></select></label>
  <label>Setting <select id="setting" value=${told.setting} onchange=${(event) => act.set({ setting: event.target.value })}>${Object.entries(SETTINGS).map(([id, name]) => html`<option value=${id}>${name}</option>`)}</select></label>
</form>`;

export class Add extends Component {
  state = { note: "", choosing: null };

  submit(event) {
    event.preventDefault();
    const { names, conditions, act } = this.props;
    const box = event.target.elements["add-name"];
    const name = box.value.trim().toLowerCase();
    const absent = event.submitter?.value === "absent";
    const known = (item) => [item.name, item.lay_name, item.id].some((word) => word.toLowerCase() === name);
    const finding = [...names.values()].find(known);
    const condition = conditions.find(known);
    if (!finding && !condition) {
      this.setState({ note: name ? "The pack has nothing of this name; choose from the list, or write it into the story." : "" });
      return;
    }
    box.value = "";
    if (finding && finding.type !== "yes_no") {
      this.setState({ choosing: finding, note: "" });
      return;
    }
    if (finding) act.give(finding.id, { state: absent ? "absent" : "present" });
    else act.give(condition.id, absent ? { ruledOut: true } : { status: "unknown" });
    this.setState({ note: `Added: ${absent ? "no " : ""}${(finding ?? condition).name}.` });
  }

  choose(value) {
    const { choosing } = this.state;
    if (value === "") return;
    this.props.act.give(choosing.id, { state: "present", value });
    this.setState({ choosing: null, note: `Added: ${choosing.name}.` });
  }

  render({ names, conditions }, { note, choosing }) {
    return html`<form id="add" class="add" autocomplete="off" onsubmit=${(event) => this.submit(event)}>
      <label for="add-name">Add a finding or illness</label>
      <div class="row"><input id="add-name" list="finding-names" placeholder="e.g. absent pedal pulses" /><button type="submit" value="present">present</button><button type="submit" value="absent">absent</button></div>
      ${choosing && html`<div class="row fields">
        <label>${choosing.name} <select onchange=${(event) => this.choose(event.target.value)}><option value="">choose</option>${choosing.values.map((value) => html`<option value=${value.id}>${value.name}</option>`)}</select></label>
        ${choosing.unit && html`<label>or measured, ${choosing.unit} <input type="number" step="any" onchange=${(event) => this.choose(event.target.value === "" ? "" : Number(event.target.value))} /></label>`}
      </div>`}
      <p class="where" role="status">${note}</p>
      <datalist id="finding-names">${[...names.values(), ...conditions].map((item) => html`<option value=${item.name} />`)}</datalist>
    </form>`;
  }
}
