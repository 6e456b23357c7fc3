// Drafts about the case on the screen: written by the program, edited by a person, printed or saved.
import { postForFile, said, save } from "./api.js";
import { Component, html } from "./html.js";

const KINDS = { soap: "SOAP note", referral: "referral letter", handout: "patient handout", result: "result letter", "report:clinician": "report for a clinician", "report:patient": "report for the patient", "report:student": "report for a student", "report:researcher": "report for a researcher" };
const FORMATS = { pdf: "PDF", html: "web page", markdown: "Markdown", text: "text" };

export class Documents extends Component {
  state = { kind: "soap", to: "", format: "pdf", draft: null, note: "", busy: false };

  async write(format) {
    const [kind, reader] = this.state.kind.split(":");
    const body = { ...this.props.sent(), kind, format, reader: reader || "clinician" };
    if (kind === "referral") body.to = this.state.to;
    return postForFile("/api/v1/note", body);
  }

  async run(work) {
    this.setState({ busy: true, note: "Writing …" });
    try {
      this.setState({ note: await work() });
    } catch (error) {
      this.setState({ note: said(error) });
    }
    this.setState({ busy: false });
  }

  draft() {
    return this.run(async () => {
      const text = await (await this.write("markdown")).text();
      this.setState({ draft: { kind: this.state.kind, text, of: this.props.answer } });
      return "A draft from this case: check it, change it, fill in the blanks.";
    });
  }

  file() {
    return this.run(async () => {
      const response = await this.write(this.state.format);
      const name = /filename="([^"]+)"/.exec(response.headers.get("content-disposition"))[1];
      save(await response.blob(), name);
      return `Saved as ${name}, as the program writes it. It is a draft: check it before it is used.`;
    });
  }

  render({ answer, clinicians }, { kind, to, format, draft, note, busy }) {
    const choice = (label, id, now, options, set) => html`<label>${label} <select id=${id} onchange=${(event) => this.setState({ [set]: event.target.value })}>${Object.entries(options).map(([value, name]) => html`<option value=${value} selected=${value === now}>${name}</option>`)}</select></label>`;
    return html`<h2>Documents</h2>
      ${!answer && html`<p class="where">Tell the story first; documents are written from the case.</p>`}
      <form id="document" class="row fields" autocomplete="off" onsubmit=${(event) => { event.preventDefault(); this.draft(); }}>
        ${choice("Document", "document-kind", kind, KINDS, "kind")}
        ${kind === "referral" && choice("Send to", "document-to", to, { "": "as the answer says", ...clinicians }, "to")}
        <button type="submit" class="first" disabled=${busy || !answer}>Write a draft</button>
      </form>
      <p id="document-note" class="where" role="status">${note}</p>
      ${draft && html`<div class="draft">
        ${draft.of !== answer && html`<p class="notice">The case has changed since this draft was written. <button type="button" onclick=${() => this.draft()}>Write it again</button></p>`}
        <label for="document-text">The draft, as Markdown</label>
        <textarea id="document-text" class="document" rows="24" spellcheck="true" value=${draft.text} oninput=${(event) => this.setState({ draft: { ...draft, text: event.target.value } })}></textarea>
        <pre class="printed" aria-hidden="true">${draft.text}</pre>
        <div class="row"><button type="button" onclick=${() => window.print()}>Print</button><button type="button" onclick=${() => save(new Blob([draft.text], { type: "text/markdown" }), `${draft.kind.split(":")[0]}.md`)}>Save what is written here</button></div>
      </div>`}
      <div class="row fields">${choice("Or the file, unchanged", "document-format", format, FORMATS, "format")}<button type="button" id="document-save" onclick=${() => this.file()} disabled=${busy || !answer}>Save</button></div>`;
  }
}
