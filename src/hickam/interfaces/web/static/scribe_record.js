// Recording a visit: consent before the first byte, pause, discard; each piece is sent to be transcribed on this machine.
import { Component, html } from "./html.js";
import { Refused, said } from "./api.js";

const LEAST = 12000;
const MOST = 28000;
const LOOK = 100;
const PAUSE = 300;
const QUIET = 0.1; // of the loudest just before
const POLL = 500;
const KINDS = ["audio/webm;codecs=opus", "audio/ogg;codecs=opus", "audio/mp4"];
const WHO = { patient: "the patient", carer: "a carer for the patient", patient_and_others: "the patient and everybody present" };
const HOW = { spoken: "spoken", written: "written" };

const token = () => document.cookie.match(/(?:^|; )(?:__Host-)?hickam-csrf=([^;]+)/)?.[1];

async function call(method, path, body, kind) {
  const headers = { accept: "application/json", ...(kind && { "content-type": kind }), ...(token() && { "x-csrf-token": token() }) };
  const response = await fetch(`/api/v1/transcribe${path}`, { method, headers, body, cache: "no-store" });
  if (response.status === 404 && !path) throw new Refused({ detail: "This installation cannot transcribe.", fix: "install hickam[speech], or type the visit below" });
  if (!response.ok) throw new Refused(await response.json());
  return response.status === 204 ? null : response.json();
}

const begin = async (consent) => (await call("POST", "", JSON.stringify(consent), "application/json")).id;
const forget = (id) => call("DELETE", `/${id}`).catch(() => null);

// The sound of one piece, then its words; nothing of it stays with the program afterwards.
async function transcribed(id, sound) {
  await call("PUT", `/${id}/audio`, sound, sound.type.split(";")[0]);
  for (;;) {
    const made = await call("GET", `/${id}`);
    if (made.state === "done" || made.state === "failed") {
      forget(id);
      if (made.transcript) return made.transcript;
      throw new Refused({ detail: made.problem || "This piece could not be transcribed.", fix: made.fix });
    }
    await new Promise((later) => setTimeout(later, POLL));
  }
}

export class Recorder extends Component {
  state = { consent: null, phase: "idle", seconds: 0, waiting: 0, trouble: "" };
  last = Promise.resolve();
  visit = 0;

  agree = (event) => {
    event.preventDefault();
    const { given, how, by } = event.target.elements;
    const consent = { given_by: given.value, how: how.value, recorded_by: by.value.trim() };
    this.note(consent);
  };

  // The consent is on record before the microphone is even asked for.
  async note(consent) {
    try {
      this.ready = await begin(consent);
    } catch (error) {
      return this.setState({ trouble: said(error) });
    }
    this.setState({ consent }, () => this.start());
  }

  async start() {
    try {
      this.stream = await navigator.mediaDevices.getUserMedia({ audio: true });
    } catch {
      return this.setState({ consent: null, trouble: "The browser gives no microphone. Allow it for this page, or type the visit." });
    }
    this.meters = new AudioContext();
    this.meter = this.meters.createAnalyser();
    this.meters.createMediaStreamSource(this.stream).connect(this.meter);
    this.clock = setInterval(() => this.state.phase === "recording" && this.setState({ seconds: this.state.seconds + 1 }), 1000);
    this.setState({ phase: "recording", trouble: "" }, () => this.piece());
  }

  // A recorder a piece: each file is whole by itself and can be transcribed while the next one runs. A piece ends in a
  // pause where there is one, so that no word is cut in two.
  piece() {
    const kind = KINDS.find((type) => MediaRecorder.isTypeSupported(type));
    const recorder = new MediaRecorder(this.stream, kind ? { mimeType: kind } : {});
    this.recorder = recorder;
    const begun = performance.now();
    recorder.ondataavailable = ({ data }) => { if (data.size > 0 && !recorder.dropped) this.last = this.last.then(() => this.send(data, (performance.now() - begun) / 1000)); };
    recorder.start();
    let [loudest, quiet] = [0, 0];
    this.cut = setInterval(() => {
      const level = this.level();
      loudest = Math.max(loudest * 0.99, level);
      quiet = level < QUIET * loudest ? quiet + LOOK : 0;
      const age = performance.now() - begun;
      if ((age < LEAST || quiet < PAUSE) && age < MOST) return;
      clearInterval(this.cut);
      if (recorder.state !== "inactive") recorder.stop();
      if (this.state.phase === "recording") this.piece();
    }, LOOK);
  }

  // How loud it is just now.
  level() {
    const samples = new Float32Array(this.meter.fftSize);
    this.meter.getFloatTimeDomainData(samples);
    return Math.sqrt(samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length);
  }

  async send(data, seconds) {
    const [visit, consent] = [this.visit, this.state.consent];
    if (!consent) return;
    this.setState({ waiting: 1 });
    try {
      const id = this.ready || (await begin(consent));
      this.ready = "";
      const transcript = await transcribed(id, data);
      if (visit === this.visit) this.props.onTranscript(transcript, data); // not what was discarded meanwhile
    } catch (error) {
      this.setState({ trouble: said(error) });
      if (visit === this.visit) this.props.onTranscript({ speakers: [], turns: [], uncovered: [{ start: 0, end: seconds, why: "not transcribed" }] }, data);
    }
    this.setState({ waiting: 0 });
  }

  pause() {
    clearInterval(this.cut);
    this.setState({ phase: "paused" }, () => this.recorder.state !== "inactive" && this.recorder.stop());
  }

  stop(drop) {
    if (this.recorder) this.recorder.dropped = drop;
    clearInterval(this.cut);
    clearInterval(this.clock);
    if (this.recorder?.state !== "inactive") this.recorder?.stop();
    this.meters?.close();
    this.stream?.getTracks().forEach((track) => track.stop());
    if (drop && this.ready) forget(this.ready);
    if (drop) [this.ready, this.visit] = ["", this.visit + 1];
    this.setState({ phase: "idle", consent: drop ? null : this.state.consent, seconds: 0 });
  }

  render(_, { phase, seconds, waiting, trouble }) {
    const time = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
    const choice = (name, label, options) => html`<label>${label}<select name=${name}>${Object.entries(options).map(([value, words]) => html`<option value=${value}>${words}</option>`)}</select></label>`;
    return html`<div class="recorder"><h3>Record</h3>
      ${phase === "idle" && html`<form onsubmit=${this.agree}><fieldset><legend>Before the first word is recorded</legend>
        ${choice("given", "Agreed by", WHO)}${choice("how", "How", HOW)}<label>Noted by <input name="by" required autocomplete="name" /></label>
        <button type="submit">They agree: record</button></fieldset>
        <p class="where">The sound goes piece by piece to the program that serves this page and is gone there once its words are here. This page keeps it to be listened to until you discard everything or leave the page.</p></form>`}
      ${phase !== "idle" && html`<div class="row"><span class=${phase === "recording" ? "recording" : ""}>${phase === "recording" ? "● Recording" : "Paused"} ${time}</span>
        ${phase === "recording" ? html`<button type="button" onclick=${() => this.pause()}>Pause</button>` : html`<button type="button" onclick=${() => this.setState({ phase: "recording" }, () => this.piece())}>Go on</button>`}
        <button type="button" onclick=${() => this.stop(false)}>Finish</button><button type="button" onclick=${() => this.stop(true)}>Discard the recording</button></div>`}
      ${waiting > 0 && html`<p class="where">Words are on the way.</p>`}
      <p role="status" class="where">${trouble}</p></div>`;
  }
}
