// Recording a visit: consent before the first byte, pause, discard; each piece is sent to be transcribed on this machine.
import { Component, html } from "./html.js";
import { Refused, said } from "./api.js";

const PIECE = 20000;
const KINDS = ["audio/webm;codecs=opus", "audio/ogg;codecs=opus", "audio/mp4"];
const WHO = { patient: "the patient", carer: "a carer for the patient", patient_and_others: "the patient and everybody present" };
const HOW = { spoken: "spoken", written: "written" };

async function transcribe(blob, consent) {
  const token = document.cookie.match(/(?:^|; )(?:__Host-)?hickam-csrf=([^;]+)/)?.[1];
  const headers = { "content-type": blob.type.split(";")[0], accept: "application/json", "x-consent": JSON.stringify(consent) };
  if (token) headers["x-csrf-token"] = token;
  const response = await fetch("/api/v1/transcribe", { method: "POST", headers, body: blob, cache: "no-store" });
  if (response.status === 404 || response.status === 405) throw new Refused({ title: "", detail: "This installation cannot transcribe.", fix: "install hickam[speech], or type the visit below" });
  if (!response.ok) throw new Refused(await response.json());
  return response.json();
}

export class Recorder extends Component {
  state = { consent: null, phase: "idle", seconds: 0, kept: 0, trouble: "" };
  pieces = [];

  agree = (event) => {
    event.preventDefault();
    const { given, how, by } = event.target.elements;
    const consent = { given_by: given.value, how: how.value, recorded_by: by.value.trim(), recorded_at: new Date().toISOString() };
    this.setState({ consent }, () => this.start());
  };

  async start() {
    try {
      this.stream = await navigator.mediaDevices.getUserMedia({ audio: true });
    } catch {
      return this.setState({ consent: null, trouble: "The browser gives no microphone. Allow it for this page, or type the visit." });
    }
    this.clock = setInterval(() => this.state.phase === "recording" && this.setState({ seconds: this.state.seconds + 1 }), 1000);
    this.setState({ phase: "recording", trouble: "" }, () => this.piece());
  }

  // A recorder a piece: each file is whole by itself and can be transcribed while the next one runs.
  piece() {
    const kind = KINDS.find((type) => MediaRecorder.isTypeSupported(type));
    const recorder = new MediaRecorder(this.stream, kind ? { mimeType: kind } : {});
    this.recorder = recorder;
    recorder.ondataavailable = ({ data }) => data.size > 0 && !recorder.dropped && this.send(data);
    recorder.start();
    this.cut = setTimeout(() => { if (recorder.state !== "inactive") recorder.stop(); if (this.state.phase === "recording") this.piece(); }, PIECE);
  }

  async send(data) {
    this.pieces.push(data);
    this.setState({ kept: this.pieces.length });
    try {
      this.props.onTranscript(await transcribe(data, this.state.consent));
    } catch (error) {
      this.setState({ trouble: said(error) });
    }
  }

  pause() {
    clearTimeout(this.cut);
    this.setState({ phase: "paused" }, () => this.recorder.state !== "inactive" && this.recorder.stop());
  }

  stop(drop) {
    if (this.recorder) this.recorder.dropped = drop;
    clearTimeout(this.cut);
    clearInterval(this.clock);
    if (this.recorder?.state !== "inactive") this.recorder?.stop();
    this.stream?.getTracks().forEach((track) => track.stop());
    if (drop) this.pieces = [];
    this.setState({ phase: "idle", consent: drop ? null : this.state.consent, seconds: 0, kept: this.pieces.length });
  }

  render(_, { phase, seconds, kept, trouble }) {
    const time = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
    const choice = (name, label, options) => html`<label>${label}<select name=${name}>${Object.entries(options).map(([value, words]) => html`<option value=${value}>${words}</option>`)}</select></label>`;
    return html`<div class="recorder"><h3>Record</h3>
      ${phase === "idle" && html`<form onsubmit=${this.agree}><fieldset><legend>Before the first word is recorded</legend>
        ${choice("given", "Agreed by", WHO)}${choice("how", "How", HOW)}<label>Noted by <input name="by" required autocomplete="name" /></label>
        <button type="submit">They agree: record</button></fieldset>
        <p class="where">The sound stays on this machine and in this page; it is gone when you discard it or close the page.</p></form>`}
      ${phase !== "idle" && html`<div class="row"><span class=${phase === "recording" ? "recording" : ""}>${phase === "recording" ? "● Recording" : "Paused"} ${time}</span>
        ${phase === "recording" ? html`<button type="button" onclick=${() => this.pause()}>Pause</button>` : html`<button type="button" onclick=${() => this.setState({ phase: "recording" }, () => this.piece())}>Go on</button>`}
        <button type="button" onclick=${() => this.stop(false)}>Finish</button><button type="button" onclick=${() => this.stop(true)}>Discard the recording</button></div>`}
      ${phase === "idle" && kept > 0 && html`<p class="where">${kept} recorded ${kept === 1 ? "piece" : "pieces"} in this page. <button type="button" class="quiet" onclick=${() => { this.pieces = []; this.setState({ kept: 0 }); }}>Discard</button></p>`}
      <p role="status" class="where">${trouble}</p></div>`;
  }
}
