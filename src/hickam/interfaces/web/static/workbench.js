// The workbench: keeps the case, asks the program that serves this page, draws the answer.
import { Differential, Urgency } from "./answer.js";
import { get, post, said } from "./api.js";
import { Ask } from "./ask.js";
import * as cases from "./case.js";
import { CommitFirst } from "./commit.js";
import { Compare } from "./compare.js";
import { Documents } from "./documents.js";
import { Findings } from "./findings.js";
import { Component, html, render } from "./html.js";
import { Help, listen, showHelp } from "./keys.js";
import { LayPlan, WhatItMayBe } from "./patient.js";
import { Add, Person } from "./person.js";
import { Glance, Plan, References } from "./plan.js";
import { Questions } from "./questions.js";
import { Saved, changedSince } from "./saved.js";
import { remember, remembered } from "./settings.js";
import { Bibliography } from "./sources.js";
import { Story } from "./story.js";
import { Panel, Tabs } from "./tabs.js";
import { Toolbar } from "./toolbar.js";
import { Verdict } from "./verdict.js";
import { Welcome } from "./welcome.js";
import { percent, words } from "./words.js";

const TABS = [["causes", "Causes"], ["plan", "Plan"], ["documents", "Documents"], ["ask", "Ask"], ["compare", "Compare"]];
// Without the operator's setting nobody is left alone with the patient's reader from an earlier visit.
const SELF_SERVICE = "selfService" in document.getElementById("bench").dataset;
const READERS = ["clinician", "patient", "student", "researcher"];
// Milliseconds: from a key to the question for an answer, the longer the busier the program; then to that for the rest of
// it, which costs several times as much: at once where nobody else waits, in a pause of typing where a team does.
const [SOONEST, LATEST] = [40, 500];
const PAUSE = words.team ? 500 : 40;
const UNREAD = { findings: [], known_conditions: [], ruled_out: [], medications: [], not_understood: [], conflicts: [], notes: [], age: null, sex: null };
const UNANSWERED = { seen: UNREAD, seenText: "", suggestions: [], answer: null, settled: false, busy: false, trouble: "" };

class Workbench extends Component {
  state = { told: cases.NEW, past: [], future: [], names: new Map(), conditions: [], ...UNANSWERED, tab: "causes", editing: "", kept: [], commit: "", full: false, saved: null, reader: READERS.find((r) => r === remembered("reader") && (r !== "patient" || SELF_SERVICE)) ?? "clinician" };
  turn = 0;
  took = 0;
  running = null;
  asking = null;

  componentDidMount() {
    this.loadNames().then(() => location.hash === "#record" && this.openRecord());
    listen({
      story: () => this.focus("#story"),
      add: () => this.focus("#add-name"),
      next: () => this.setState({ tab: "causes" }, () => this.focus("#next .replies button")),
      answer: () => this.focus(`#tab-${this.state.tab}`),
      tab: (place) => this.setState({ tab: TABS[place][0] }, () => this.focus(`#tab-${TABS[place][0]}`)),
      undo: () => this.undo(),
      redo: () => this.redo(),
      keep: () => this.keep(),
      commit: () => this.commitFirst(!this.state.commit),
      help: showHelp,
    });
  }

  async loadNames() {
    const [{ findings }, { conditions }] = await Promise.all([get("/api/v1/pack/findings"), get("/api/v1/pack")]);
    this.setState({ names: new Map(findings.map((f) => [f.id, f])), conditions });
  }

  // The patient of the record system that opened this program (SMART launch).
  async openRecord() {
    try {
      const told = cases.fromBody(await get("/smart/case"), (id) => id);
      history.replaceState(null, "", location.pathname);
      this.anew(told);
    } catch (error) {
      this.setState({ trouble: said(error) });
    }
  }

  // ---- what a person does; every step but typing can be undone

  act = {
    give: (id, given) => this.change(cases.give(this.state.told, id, given)),
    takeOut: (id, name) => this.change(cases.takeOut(this.state.told, id, name)),
    putBack: (id) => this.change(cases.putBack(this.state.told, id)),
    skip: (id) => this.change(cases.skip(this.state.told, id)),
    noneOf: (ids) => this.change(cases.noneOf(this.state.told, ids)),
    set: (change, typing) => this.change({ ...this.state.told, ...change }, typing),
    edit: (id, back) => this.setState({ editing: id }, () => back && this.focus(`[data-key="e-${CSS.escape(back)}"]`)),
  };

  type = (text) => this.setState(({ told }) => ({ told: { ...told, text } }), () => this.changed(performance.now(), true));

  change(told, typing = false) {
    const started = performance.now();
    this.setState((state) => ({ told, past: [...state.past, { ...state.told, text: null }], future: [], editing: told.leftOut[state.editing] ? "" : state.editing }), () => this.changed(started, typing));
  }

  anew(told, saved = null) {
    this.setState((state) => ({ told, saved, past: saved ? [] : [...state.past, state.told], future: [], editing: "", commit: state.commit && "writing" }), () => this.changed(performance.now()));
    this.focus("#story");
  }

  // A step back gives the clicks back; words typed since stay, unless the step was a whole new case.
  step(from, to) {
    const back = this.state[from].at(-1);
    if (!back) return;
    const { told } = this.state;
    const whole = back.text !== null;
    const next = { [from]: this.state[from].slice(0, -1), [to]: [...this.state[to], { ...told, text: whole ? told.text : null }], told: { ...back, text: whole ? back.text : told.text }, editing: "" };
    this.setState(next, () => this.changed(performance.now()));
  }

  undo = () => this.step("past", "future");
  redo = () => this.step("future", "past");

  keep = () => this.state.answer && this.setState(({ kept, answer, told }) => ({ kept: [...kept, { label: `version ${kept.length + 1}, ${new Date().toLocaleTimeString()}`, answer, told }] }));

  commitFirst = (on) => this.setState({ commit: on ? "writing" : "" });

  read = (reader) => {
    remember("reader", reader);
    this.setState({ reader }, () => this.changed(performance.now()));
  };

  chooseFull = (full) => this.setState({ full }, () => this.changed(performance.now()));

  // ---- updating: at once a quick answer, then, when the person pauses, questions and suggestions

  sent = () => ({ ...cases.body(this.state.told), reader: this.state.reader });

  changed(started, typing = false) {
    clearTimeout(this.timer);
    this.turn += 1;
    if (!this.asking) this.running?.abort();
    if (cases.isEmpty(this.state.told)) {
      this.setState(UNANSWERED);
      return;
    }
    const delay = typing ? Math.min(LATEST, Math.max(SOONEST, this.took)) : 0;
    this.setState({ busy: true });
    this.timer = setTimeout(() => this.update(this.turn, started, typing ? PAUSE : 0), delay);
  }

  // One quick answer at a time: what is being computed cannot be stopped, and a busy server would compute nothing else.
  async update(mine, started, pause) {
    await this.asking;
    if (mine !== this.turn) return;
    this.running = new AbortController();
    const { signal } = this.running;
    const { told: { text }, full } = this.state;
    const sent = this.sent();
    const stale = () => mine !== this.turn;
    try {
      const asked = performance.now();
      const answering = post("/api/v1/assess", { ...sent, full, draws: 0, explain: false, steps: 0 }, signal);
      this.asking = answering.catch(() => {}).then(() => (this.asking = null));
      const quick = await answering;
      this.took = performance.now() - asked;
      if (stale()) return;
      await this.show({ answer: withLast(quick, this.state.answer), seen: quick.case, seenText: text, trouble: "", settled: false, suggestions: [] });
      performance.measure("hickam-update", { start: started });
      await new Promise((resolve) => setTimeout(resolve, pause));
      if (stale()) return;
      const answer = await post("/api/v1/assess", { ...sent, full, draws: 400, steps: 12 }, signal);
      if (stale()) return;
      await this.show({ answer, seen: answer.case, settled: true, busy: false });
      performance.measure("hickam-settled", { start: started });
      if (answer.case.not_understood.length === 0) return;
      const { reader, ...story } = sent;
      const { suggestions } = await post("/api/v1/parse", story, signal);
      if (!stale()) this.setState({ suggestions });
    } catch (error) {
      if (error.name === "AbortError" || stale()) return;
      const seen = error.problem?.case ?? UNREAD;
      this.setState({ ...UNANSWERED, seen, seenText: text, trouble: said(error) });
    }
  }

  show = (change) => new Promise((resolve) => this.setState(change, resolve));

  // ---- focus: a button that was used may be gone after the answer; its part of the page gets the focus then

  getSnapshotBeforeUpdate() {
    return document.activeElement?.closest("[data-part]")?.dataset.part ?? "";
  }

  componentDidUpdate(_, __, part) {
    if (part && document.activeElement === document.body) this.focus(part === "next" ? "#next .replies button, #next-title" : "#understood-title");
  }

  focus(selector) {
    document.querySelector(selector)?.focus();
  }

  // ---- drawing

  render(_, state) {
    const { told, answer, settled, busy, names, reader, tab, commit } = state;
    const patient = reader === "patient";
    const hidden = commit === "writing";
    const bibliography = new Bibliography(answer?.references);
    const common = { answer, settled, bibliography, names, told, patient, reader, act: this.act, sent: this.sent };
    document.body.classList.toggle("patient", patient);
    return html`<div class="bench" data-busy=${String(busy)} data-case=${state.saved?.id}>
      <${Toolbar} readers=${READERS} reader=${reader} read=${this.read} anew=${() => this.anew(cases.NEW)} undo=${state.past.length > 0 && this.undo} redo=${state.future.length > 0 && this.redo} commit=${commit} commitFirst=${this.commitFirst} help=${showHelp}>
        <${Saved} saved=${state.saved} told=${told} reader=${reader} names=${names} empty=${cases.isEmpty(told)} onSaved=${(saved) => this.setState({ saved })} onOpened=${(opened, saved) => this.anew(opened, saved)} />
      <//>
      <section class="tell" aria-labelledby="story-title">
        <h2 id="story-title"><label for="story">The story</label></h2>
        <${Story} text=${told.text} seen=${state.seen} seenText=${state.seenText} onText=${this.type} placeholder="72-year-old woman, wakes three nights a week with a hard, painful calf; stretching ends it. Takes a water tablet." />
        <p id="story-help" class="legend"><mark class="present">understood</mark> <mark class="absent">said to be absent</mark> <mark class="missed">not understood</mark></p>
        <${Person} told=${told} act=${this.act} />
        <${Add} names=${names} conditions=${state.conditions} act=${this.act} />
      </section>
      <section class="understood" data-part="understood" aria-labelledby="understood-title">
        <${Findings} seen=${state.seen} suggestions=${state.suggestions} editing=${state.editing} ...${common} />
      </section>
      <div class="answer">
        <p class="hidden" role="status" aria-live="polite">${settled && answer && !hidden ? `${answer.urgency.sentence}. Most likely: ${patient ? answer.differential[0].condition.lay_name : answer.differential[0].condition.name}, ${percent(answer.differential[0].cause.value)}.` : ""}</p>
        ${state.trouble && html`<p id="trouble" class="notice" role="alert">${state.trouble}</p>`}
        ${commit && html`<${CommitFirst} committed=${!hidden} answer=${answer} settled=${settled} sent=${this.sent} onCommit=${() => this.setState({ commit: "committed" })} off=${() => this.commitFirst(false)} />`}
        ${answer && (!hidden || answer.urgency.level === "emergency") && html`<${Urgency} ...${common} />`}
        ${!hidden && html`<${Tabs} tabs=${TABS} chosen=${tab} choose=${(to) => this.setState({ tab: to })}>${answer && html`<${Verdict} ...${common} />`}<//>
          <${Panel} id="causes" chosen=${tab} busy=${busy}>${answer ? this.causes(common) : !state.trouble && html`<${Welcome} about=${document.getElementById("about")} example=${(text) => this.anew({ ...cases.NEW, text })} />`}<//>
          <${Panel} id="plan" chosen=${tab} busy=${busy}><h2>Plan</h2>${answer ? html`<div class="plan">${patient ? html`<${LayPlan} answer=${answer} />` : html`<${Plan} ...${common} />`}</div>${!patient && html`<${References} list=${answer.references} />`}` : html`<p class="where">Tell the story first.</p>`}<//>
          <${Panel} id="documents" chosen=${tab}><${Documents} answer=${answer} saved=${state.saved} changed=${changedSince(state.saved, told)} full=${state.full} clinicians=${words.clinicians} sent=${this.body} /><//>
          <${Panel} id="ask" chosen=${tab}><${Ask} reader=${reader} about=${() => (cases.isEmpty(told) ? null : cases.body(told))} /><//>
          <${Panel} id="compare" chosen=${tab}><${Compare} kept=${state.kept} saved=${state.saved} answer=${answer} names=${names} patient=${patient} keep=${this.keep} /><//>`}
      </div>
      <${Help} />
    </div>`;
  }

  body = () => cases.body(this.state.told);

  causes(common) {
    return html`<div class="columns">
      <section id="differential" aria-labelledby="differential-title">${common.patient ? html`<${WhatItMayBe} ...${common} full=${this.state.full} chooseFull=${this.chooseFull} />` : html`<${Differential} ...${common} />`}</section>
      <section id="next" data-part="next" aria-labelledby="next-title"><${Questions} ...${common} /></section>
      ${!common.patient && html`<${Glance} answer=${common.answer} whole=${() => this.setState({ tab: "plan" }, () => this.focus("#tab-plan"))} />`}
    </div>`;
  }
}

// A quick answer with what the last whole one said of questions and reasons: faded on the page until the next whole one.
function withLast(quick, last) {
  const before = new Map(last?.differential.map((c) => [c.condition.id, c.last ?? c]));
  return { ...quick, next_steps: last?.next_steps ?? [], differential: quick.differential.map((c) => ({ ...c, last: before.get(c.condition.id) })) };
}

render(html`<${Workbench} />`, document.getElementById("bench"));
