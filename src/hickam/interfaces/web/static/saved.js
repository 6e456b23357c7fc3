// Saving and opening cases. Nothing is stored until a person saves; each save is a further version.
import { erase, get, newKey, post, said, saveOnce } from "./api.js";
import { body, fromBody } from "./case.js";
import { Component, createRef, html } from "./html.js";
import { count, words } from "./words.js";

const at = (time) => new Date(time).toLocaleString([], { dateStyle: "medium", timeStyle: "short" });
const print = (told) => JSON.stringify(body(told));
export const changedSince = (saved, told) => saved !== null && saved.print !== print(told);

export class Saved extends Component {
  state = { trouble: "", busy: false, cases: null, patient: "" };
  saving = createRef();
  opening = createRef();

  async run(work) {
    this.setState({ busy: true, trouble: "" });
    try {
      await work();
    } catch (error) {
      this.setState({ trouble: said(error) });
    }
    this.setState({ busy: false });
  }

  save = () => (this.props.saved ? this.run(() => this.keep(this.props.saved)) : this.saving.current.showModal());

  saveNew(event) {
    event.preventDefault();
    const { patient, title } = event.target.elements;
    this.run(async () => {
      await this.keep({ patient: patient.value, title: title.value });
      this.saving.current.close();
    });
  }

  // A new case, or a further version of the one that is open.
  async keep({ id, version, patient, title }) {
    const { told, reader, onSaved } = this.props;
    const sent = { ...body(told), reader, patient, title };
    this.key = this.keyOf === JSON.stringify(sent) ? this.key : newKey();
    this.keyOf = JSON.stringify(sent);
    const saved = await saveOnce(id ? `/api/v1/cases/${id}/versions` : "/api/v1/cases", sent, this.key, version);
    onSaved({ id: saved.id, version: saved.version, at: saved.saved_at, patient: saved.patient, title: saved.title, print: print(told) });
  }

  async list() {
    const patient = this.state.patient.trim();
    const { cases } = patient ? await post("/api/v1/cases/search", { patient }) : await get("/api/v1/cases");
    this.setState({ cases });
  }

  showList = () => {
    this.setState({ cases: null });
    this.opening.current.showModal();
    this.run(() => this.list());
  };

  open(id) {
    return this.run(async () => {
      const found = await get(`/api/v1/cases/${id}`);
      const told = fromBody(found.told, (left) => this.props.names.get(left)?.name ?? left);
      this.opening.current.close();
      this.props.onOpened(told, { id, version: found.version, at: found.saved_at, patient: found.patient, title: found.title, print: print(told) });
    });
  }

  erase(line) {
    if (!window.confirm(`Erase “${line.title || line.patient || line.leading}” with all its versions and documents? This cannot be undone.`)) return;
    this.run(async () => {
      await erase(`/api/v1/cases/${line.id}`);
      if (this.props.saved?.id === line.id) this.props.onSaved(null);
      await this.list();
    });
  }

  render({ saved, told, empty }, { trouble, busy, cases, patient }) {
    const state = !saved ? "Not saved: nothing is stored" : changedSince(saved, told) ? `Changed since version ${saved.version}` : `Saved: version ${saved.version}`;
    return html`<span class="row saving">
      <button type="button" id="save" onclick=${this.save} disabled=${busy || empty || (saved && !changedSince(saved, told))}>${saved ? "Save a version" : "Save"}</button>
      <button type="button" id="open" onclick=${this.showList}>Open</button>
      <span class="where" role="status">${state}</span>
      ${trouble && html`<span class="notice" role="alert">${trouble}</span>`}
    </span>
    <dialog ref=${this.saving} class="saving-dialog" aria-labelledby="saving-title">
      <h2 id="saving-title">Save this case</h2>
      <p>Saving keeps the story, the findings and the answer in the database of this program until you erase them. Every later save adds a version. Who reads a case is recorded.</p>
      <form onsubmit=${(event) => this.saveNew(event)}>
        <p><label>Patient, as your records name them <input name="patient" maxlength="200" autocomplete="off" /></label></p>
        <p><label>A few words to know the case by <input name="title" maxlength="200" autocomplete="off" /></label></p>
        ${trouble && html`<p class="notice" role="alert">${trouble}</p>`}
        <div class="row"><button type="submit" class="first" disabled=${busy}>Save</button><button type="button" onclick=${() => this.saving.current.close()}>Cancel</button></div>
      </form>
    </dialog>
    <dialog ref=${this.opening} class="saving-dialog wide" aria-labelledby="opening-title">
      <h2 id="opening-title">Saved cases</h2>
      <form class="row" onsubmit=${(event) => { event.preventDefault(); this.run(() => this.list()); }}><label>Of the patient <input maxlength="200" autocomplete="off" value=${patient} oninput=${(event) => this.setState({ patient: event.target.value })} /></label><button type="submit">Find</button></form>
      ${trouble && html`<p class="notice" role="alert">${trouble}</p>`}
      ${cases === null ? html`<p class="where">Loading …</p>` : cases.length === 0 ? html`<p>No saved case${patient ? " of this patient" : ""}.</p>` : html`<ul class="cases">${cases.map((line) => html`<li key=${line.id}>
        <button type="button" class="quiet" onclick=${() => this.open(line.id)}>${line.title || line.leading || "without a title"}</button>
        <span class="where">${[line.patient, line.urgency && words.levels[line.urgency], line.title && line.leading, count(line.versions, "version"), at(line.saved_at)].filter(Boolean).join(" · ")}</span>
        <button type="button" class="quiet" aria-label=${`Erase ${line.title || line.leading}`} onclick=${() => this.erase(line)}>erase</button></li>`)}</ul>`}
      <p><button type="button" onclick=${() => this.opening.current.close()}>Close</button></p>
    </dialog>`;
  }
}

export { at };
