// Drafts about the case: written by the program, edited by a person; of a saved case also kept, signed and printed as signed.
import { change, erase, get, post, postForFile, said, save } from "./api.js";
import { Component, html } from "./html.js";
import { Preview } from "./markdown.js";
import { at } from "./saved.js";
import { capital, count, words } from "./words.js";

const KINDS = { soap: "SOAP note", referral: "referral letter", handout: "patient handout", result: "result letter", "report:clinician": "report for a clinician", "report:patient": "report for the patient", "report:student": "report for a student", "report:researcher": "report for a researcher" };
const FORMATS = { pdf: "PDF", html: "web page", markdown: "Markdown", text: "text" };
const kindOf = (document) => ({ ...KINDS, visit: "note of a visit" })[document.kind] ?? KINDS[`${document.kind}:${document.reader}`];

export class Documents extends Component {
  state = { kind: "soap", to: "", format: "pdf", draft: null, list: [], note: "", busy: false, signer: "" };

  componentDidUpdate(before) {
    const { saved } = this.props;
    if (saved?.id !== before.saved?.id) {
      this.setState({ draft: null, list: [], note: "" });
      if (saved) this.run("", () => this.refresh());
    }
  }

  async run(note, work) {
    this.setState({ busy: true, note });
    try {
      this.setState({ note: (await work()) ?? "" });
    } catch (error) {
      this.setState({ note: said(error) });
    }
    this.setState({ busy: false });
  }

  wanted() {
    const [kind, reader] = this.state.kind.split(":");
    const wanted = { kind, reader: reader || "clinician", full: this.props.full };
    return kind === "referral" ? { ...wanted, to: this.state.to } : wanted;
  }

  async refresh() {
    this.setState({ list: (await get(`/api/v1/cases/${this.props.saved.id}/documents`)).documents });
  }

  take({ document, blanks }) {
    this.setState({ draft: { ...document, blanks, edited: document.text, of: this.props.answer } });
  }

  write = () =>
    this.run("Writing …", async () => {
      const { saved, sent, answer } = this.props;
      if (saved) {
        this.take(await post(`/api/v1/cases/${saved.id}/documents`, this.wanted()));
        await this.refresh();
        return `A draft from version ${saved.version}: check it, change it, fill in the blanks.`;
      }
      const text = await (await postForFile("/api/v1/note", { ...sent(), ...this.wanted(), format: "markdown" })).text();
      this.setState({ draft: { kind: this.wanted().kind, reader: this.wanted().reader, text, edited: text, state: "draft", of: answer } });
      return "A draft from this case: check it, change it, fill in the blanks.";
    });

  open = (id) => this.run("", async () => this.take(await get(`/api/v1/documents/${id}`)));

  // The text as it is on the page, kept; a draft that somebody else has changed meanwhile is refused.
  async keep() {
    const { draft } = this.state;
    if (draft.edited !== draft.text) this.take(await change("PUT", `/api/v1/documents/${draft.id}`, { text: draft.edited }, draft.revision));
  }

  keepDraft = () => this.run("Keeping …", async () => {
    await this.keep();
    await this.refresh();
    return "Kept.";
  });

  sign = (event) => {
    event.preventDefault();
    return this.run("Signing …", async () => {
      await this.keep();
      const { draft, signer } = this.state;
      this.take(await change("POST", `/api/v1/documents/${draft.id}/sign`, { name: signer }, draft.revision));
      await this.refresh();
      return "Signed. It never changes now; an amendment is a new document.";
    });
  };

  amend = () => this.run("", async () => {
    this.take(await post(`/api/v1/documents/${this.state.draft.id}/amend`));
    await this.refresh();
  });

  discard = () => this.run("", async () => {
    await erase(`/api/v1/documents/${this.state.draft.id}`);
    this.setState({ draft: null });
    await this.refresh();
    return "Discarded.";
  });

  file = () =>
    this.run("Writing …", async () => {
      const { draft, format } = this.state;
      if (draft?.id && draft.state === "draft") await this.keep();
      const response = draft?.id ? await fetch(`/api/v1/documents/${draft.id}/print/${format}`) : await postForFile("/api/v1/note", { ...this.props.sent(), ...this.wanted(), format });
      const name = /filename="([^"]+)"/.exec(response.headers.get("content-disposition"))[1];
      save(await response.blob(), name);
      return draft?.state === "signed" ? `Saved as ${name}: the pages as signed.` : `Saved as ${name}. It is a draft: check it before it is used.`;
    });

  render({ answer, saved, changed, clinicians }, { kind, to, format, draft, list, note, busy }) {
    const choice = (label, id, now, options, set) => html`<label>${label} <select id=${id} onchange=${(event) => this.setState({ [set]: event.target.value })}>${Object.entries(options).map(([value, name]) => html`<option value=${value} selected=${value === now}>${name}</option>`)}</select></label>`;
    return html`<h2>Documents</h2>
      <p class="where">${!answer ? "Tell the story first; documents are written from the case." : !saved ? "Drafts of a case that is not saved live on this page only. Save the case to keep, sign and print them." : changed ? `The case has changed since version ${saved.version}: drafts are written from that version until you save.` : `Drafts are kept with version ${saved.version} of the saved case.`}</p>
      ${list.length > 0 && html`<ul class="cases">${list.map((item) => html`<li key=${item.id}><button type="button" class="quiet" onclick=${() => this.open(item.id)}>${capital(kindOf(item))}</button> <span class="where">${item.state === "signed" ? `signed by ${item.signed_name}, ${at(item.signed_at)}` : `draft, ${at(item.changed_at)}`}</span></li>`)}</ul>`}
      <form id="document" class="row fields" autocomplete="off" onsubmit=${(event) => { event.preventDefault(); this.write(); }}>
        ${choice("Document", "document-kind", kind, KINDS, "kind")}
        ${kind === "referral" && choice("Send to", "document-to", to, { "": "as the answer says", ...clinicians }, "to")}
        <button type="submit" class="first" disabled=${busy || !answer}>Write a draft</button>
      </form>
      <p id="document-note" class="where" role="status">${note}</p>
      ${draft && this.draft(draft, answer, busy)}
      <div class="row fields">${choice(draft?.id ? "This document as a file" : "Or the file, as the program writes it", "document-format", format, FORMATS, "format")}<button type="button" id="document-save" onclick=${this.file} disabled=${busy || !answer}>Save the file</button></div>`;
  }

  draft(draft, answer, busy) {
    const signed = draft.state === "signed";
    return html`<section class="draft" aria-labelledby="draft-title">
      <h3 id="draft-title">${capital(kindOf(draft))} ${signed ? html`<span class="pill">signed by ${draft.signed_name}, ${at(draft.signed_at)}</span>` : html`<span class="pill">draft</span>`}</h3>
      ${!draft.id && draft.of !== answer && html`<p class="notice">The case has changed since this draft was written. <button type="button" onclick=${this.write}>Write it again</button></p>`}
      <div class="beside-preview"><div><label for="document-text">${signed ? "The text, as signed" : "The text, as Markdown"}</label>
      <textarea id="document-text" class="document" rows="24" spellcheck="true" readonly=${signed} value=${draft.edited} oninput=${(event) => this.setState({ draft: { ...draft, edited: event.target.value } })}></textarea></div>
        <${Preview} text=${draft.edited} /></div>
      <div class="row">
        <button type="button" onclick=${() => window.print()}>Print</button>
        ${draft.id && !signed && html`<button type="button" onclick=${this.keepDraft} disabled=${busy || draft.edited === draft.text}>Keep changes</button><button type="button" onclick=${this.discard} disabled=${busy}>Discard</button>`}
        ${signed && html`<button type="button" onclick=${this.amend} disabled=${busy}>Amend</button>`}
        ${draft.id && html`<span class="where">${draft.blanks ? `${count(draft.blanks, "blank")} still to fill in or strike out` : ""}</span>`}
      </div>
      ${draft.id && !signed && html`<form class="row fields signing" onsubmit=${this.sign}>${words.team ? html`<p class="where">It is signed with the name of your account.</p>` : html`<label>Your name, as it is to stand under it <input id="signer" maxlength="200" autocomplete="name" oninput=${(event) => this.setState({ signer: event.target.value })} /></label>`}<button type="submit" class="first" disabled=${busy}>Sign</button></form>`}
    </section>`;
  }
}
