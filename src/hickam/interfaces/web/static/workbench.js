// The workbench: keeps the case, asks the program on this machine, draws the answer. Nothing is stored.
import { asking } from "./ask.js";
import { differential, urgency } from "./answer.js";
import { documents, forget } from "./documents.js";
import { capital, Citations, h, percent, redraw, words } from "./dom.js";
import { understood } from "./findings.js";
import { plan, references } from "./plan.js";
import { questions } from "./questions.js";
import { Story } from "./story.js";

const TYPING = 140;
const SETTLING = 220;
const $ = (id) => document.getElementById(id);
const EMPTY = { findings: [], known_conditions: [], ruled_out: [], medications: [], not_understood: [], conflicts: [], notes: [], age: null, sex: null };

const state = { given: new Map(), leftOut: new Map(), unknown: new Set() };
let findings = new Map();
let shown = { seen: EMPTY, suggestions: [], answer: null, settled: false };
let turn = 0;
let running = null;
let timer = 0;

const story = new Story($("story"), $("marks"), () => changed(TYPING));
const patient = () => $("reader").value === "patient";
const empty = () => !story.text.trim() && state.given.size === 0;

// ---- the case as the API takes it

function told() {
  const present = [];
  const absent = [];
  const values = {};
  for (const [id, given] of state.given) {
    if (given.state === "absent") absent.push(id);
    else if (typeof given.value === "number") values[id] = given.value;
    else present.push(given.value ? `${id}=${given.value}` : id);
  }
  const age = $("age").value === "" ? null : Number($("age").value);
  const common = { setting: $("setting").value, age, sex: $("sex").value || null, left_out: [...state.leftOut.keys()] };
  if (state.given.size === 0) return { text: story.text, ...common };
  return { case: { text: story.text, present, absent, values }, ...common };
}

async function post(path, body) {
  const response = await fetch(path, {
    method: "POST",
    headers: { "content-type": "application/json", accept: "application/json" },
    body: JSON.stringify(body),
    signal: running.signal,
    cache: "no-store",
  });
  return { ok: response.ok, data: await response.json() };
}

// ---- updating: a quick answer first, then intervals, working, questions and suggestions

function changed(delay = 0) {
  clearTimeout(timer);
  turn += 1;
  running?.abort();
  forget();
  if (empty()) {
    state.leftOut.clear();
    blank();
    return;
  }
  $("answer").setAttribute("aria-busy", "true");
  timer = setTimeout(() => update(turn), delay);
}

async function update(mine) {
  running = new AbortController();
  const text = story.text;
  const body = { ...told(), reader: $("reader").value };
  try {
    const quick = await post("/api/v1/assess", { ...body, draws: 0, explain: false, steps: 0 });
    if (mine !== turn) return;
    if (!quick.ok) return refused(quick.data, text);
    take(quick.data, text, false);
    await new Promise((resolve) => setTimeout(resolve, SETTLING));
    if (mine !== turn) return;
    const full = await post("/api/v1/assess", { ...body, draws: 400, explain: true, steps: 12 });
    if (mine !== turn) return;
    if (!full.ok) return refused(full.data, text);
    take(full.data, text, true);
    if (full.data.case.not_understood.length) {
      const read = await post("/api/v1/parse", told());
      if (mine !== turn || !read.ok) return;
      shown.suggestions = read.data.suggestions;
      drawCase();
    }
  } catch (error) {
    if (error.name !== "AbortError" && mine === turn) trouble("The program does not answer. Is hickam serve still running?");
  }
}

function take(answer, text, settled) {
  shown = { seen: answer.case, suggestions: settled ? [] : shown.suggestions, answer, settled };
  story.show(text, answer.case);
  trouble("");
  $("welcome").hidden = true;
  drawCase();
  draw();
  if (settled) {
    $("answer").setAttribute("aria-busy", "false");
    announce(answer);
  }
}

function refused(problem, text) {
  shown = { ...shown, seen: problem.case || EMPTY, suggestions: [], answer: null };
  story.show(text, shown.seen);
  hideAnswer();
  $("answer").setAttribute("aria-busy", "false");
  $("welcome").hidden = true;
  trouble(problem.code === "nothing-understood" ? `${problem.detail} Please ${problem.fix}.` : [problem.where, problem.detail, problem.fix].filter(Boolean).join(" – "));
  drawCase();
}

function blank() {
  shown = { seen: EMPTY, suggestions: [], answer: null, settled: false };
  $("answer").setAttribute("aria-busy", "false");
  trouble("");
  hideAnswer();
  $("welcome").hidden = false;
  $("announce").textContent = "";
  drawCase();
}

function trouble(text) {
  if ($("trouble").textContent !== text) $("trouble").textContent = text;
  $("trouble").hidden = !text;
}

function announce(answer) {
  const first = answer.differential[0];
  const name = patient() ? first.condition.lay_name : first.condition.name;
  const text = `${answer.urgency.sentence}. Most likely: ${name}, ${percent(first.cause.value)}.`;
  if ($("announce").textContent !== text) $("announce").textContent = text;
}

// ---- drawing

function hideAnswer() {
  for (const id of ["urgency", "columns", "references", "documents", "strip"]) $(id).hidden = true;
}

function drawCase() {
  redraw($("understood"), understood(shown.seen, shown.suggestions, findings, patient(), state, act));
}

function draw() {
  const { answer, settled } = shown;
  if (!answer) return;
  const citations = new Citations(answer.references);
  const cite = (keys) => citations.cite(keys);
  const lay = patient();
  document.body.classList.toggle("patient", lay);
  $("urgency").className = `urgency level-${answer.urgency.level}`;
  redraw($("urgency"), urgency(answer, cite, findings, lay));
  redraw($("differential"), differential(answer, cite, settled, lay));
  if (settled) redraw($("next"), questions(answer, findings, state.unknown, lay, reply));
  redraw($("plan"), plan(answer, cite, findings, lay));
  redraw($("references"), lay ? [] : references(answer.references));
  for (const id of ["urgency", "columns", "references", "documents"]) $(id).hidden = false;
  strip(answer, lay);
  $("references").hidden = lay || answer.references.length === 0;
}

// On a phone the answer is below the case; this line takes one there.
function strip(answer, lay) {
  const first = answer.differential[0];
  $("strip").className = `strip level-${answer.urgency.level}`;
  $("strip").replaceChildren(h("strong", {}, capital(words.levels[answer.urgency.level])), ` · ${lay ? first.condition.lay_name : first.condition.name} ${percent(first.cause.value)} ↓`);
  $("strip").hidden = false;
}

// ---- what a person does to the case

function give(id, given) {
  state.given.set(id, given);
  state.leftOut.delete(id);
  state.unknown.delete(id);
  changed();
}

const act = {
  present: (id) => give(id, { state: "present" }),
  absent: (id) => give(id, { state: "absent" }),
  remove(id, name) {
    state.given.delete(id);
    if (story.text.trim()) state.leftOut.set(id, name);
    changed();
  },
  restore(id) {
    state.leftOut.delete(id);
    changed();
  },
};

const reply = {
  present: (id, value) => give(id, { state: "present", value }),
  absent: (id) => give(id, { state: "absent" }),
  value: (id, value) => give(id, { state: "present", value }),
  unknown(id) {
    state.unknown.add(id);
    draw();
  },
  none(ids) {
    ids.forEach((id) => state.given.set(id, { state: "absent" }));
    changed();
  },
  again() {
    state.unknown.clear();
    draw();
  },
};

function startAnew(text = "") {
  state.given.clear();
  state.leftOut.clear();
  state.unknown.clear();
  for (const id of ["age", "sex"]) $(id).value = "";
  story.text = text;
  changed();
  $("story").focus();
}

function addFinding(event) {
  event.preventDefault();
  const name = $("add-name").value.trim().toLowerCase();
  const hit = [...findings.values()].find((f) => [f.name, f.lay_name, f.id].some((word) => word.toLowerCase() === name));
  const absent = event.submitter?.value === "absent";
  if (!hit) {
    $("add-note").textContent = name ? "The pack has no finding of this name; choose one from the list." : "";
  } else if (hit.type !== "yes_no") {
    $("add-note").textContent = `Write it in the story with its value, such as “${hit.name} ${hit.values[0]?.name || ""}”.`;
  } else {
    $("add-note").textContent = `Added: ${absent ? "no " : ""}${hit.name}.`;
    $("add-name").value = "";
    give(hit.id, { state: absent ? "absent" : "present" });
  }
}

// ---- starting

$("clear").addEventListener("click", () => startAnew());
$("add").addEventListener("submit", addFinding);
$("person").addEventListener("submit", (event) => event.preventDefault());
for (const id of ["setting", "sex"]) $(id).addEventListener("change", () => changed());
$("reader").addEventListener("change", () => changed());
$("age").addEventListener("input", () => changed(2 * TYPING));
for (const button of document.querySelectorAll(".example")) button.addEventListener("click", () => startAnew(button.textContent));
for (const link of document.querySelectorAll(".top nav a, .welcome a, .top .brand")) {
  if (link.getAttribute("href") !== "/") Object.assign(link, { target: "_blank", rel: "noopener" });
}
document.addEventListener("click", (event) => {
  const link = event.target.closest("a.cite");
  const list = link && $("references").querySelector("details");
  if (list) list.open = true;
});

async function loadFindings() {
  const response = await fetch("/api/v1/pack/findings");
  if (!response.ok) return;
  findings = new Map((await response.json()).findings.map((f) => [f.id, f]));
  $("finding-names").replaceChildren(...[...findings.values()].filter((f) => f.type === "yes_no").map((f) => h("option", { value: f.name })));
  drawCase();
  draw();
}

asking(() => ({ about: empty() ? null : told(), reader: $("reader").value }));
documents(told);
loadFindings();
if (!empty()) changed();
