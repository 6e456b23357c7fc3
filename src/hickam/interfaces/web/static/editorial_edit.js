// Propose a change: a form made from the schema or the YAML itself, checked while it is edited, weighed before it is sent.
import { call, differenceRows, effectNodes, element } from "./editorial.js";
import { schemaForm } from "./schema_form.js";

const $ = (id) => document.getElementById(id);
const { schema, data, item, remarks } = JSON.parse($("schema").textContent);
const PAUSE = 500;
const form = schemaForm(schema, data, changed);
let asText = remarks > 0;
let timer = 0;
let turn = 0;
let weighedFor = null;

const change = () => ({ item, ...(asText ? { text: $("text").value } : { data: form.read() }) });

function changed() {
  $("send").disabled = true;
  $("weigh").disabled = true;
  clearTimeout(timer);
  timer = setTimeout(check, PAUSE);
}

async function check() {
  const mine = ++turn;
  const sent = change();
  try {
    const found = await call("/api/v1/editorial/check", sent);
    if (mine !== turn) return;
    const sound = !found.issues.length;
    $("check").replaceChildren(...(sound
      ? [element("p", {}, found.changed ? "No error." : "Nothing is changed.")]
      : found.issues.map((issue) => element("p", { class: "issue" }, element("strong", {}, issue.path || issue.file), ` ${issue.what}. What to do: ${issue.fix}.`))));
    if (sound) $("difference").replaceChildren(...differenceRows(found.difference));
    $("weigh").disabled = !(sound && found.changed);
    $("send").disabled = !(sound && found.changed && weighedFor === JSON.stringify(sent));
  } catch (error) {
    if (mine === turn) $("check").replaceChildren(element("p", { class: "issue" }, error.message));
  }
}

$("weigh").addEventListener("click", async () => {
  const sent = change();
  $("weigh").disabled = true;
  $("effect").replaceChildren(element("p", {}, "Every case is being weighed; this takes some seconds."));
  try {
    const weighed = await call("/api/v1/editorial/weigh", sent);
    $("effect").replaceChildren(...effectNodes(weighed));
    weighedFor = JSON.stringify(sent);
    $("send").disabled = JSON.stringify(change()) !== weighedFor;
  } catch (error) {
    $("effect").replaceChildren(element("p", { class: "issue" }, error.message));
  }
  $("weigh").disabled = false;
});

$("submit").addEventListener("submit", async (event) => {
  event.preventDefault();
  $("send").disabled = true;
  try {
    const stands = await call("/api/v1/editorial/submit", { ...change(), ...Object.fromEntries(new FormData($("submit"))) });
    const link = element("a", { href: `/editorial/item?reference=${encodeURIComponent(stands.reference)}` }, stands.reference);
    $("sent").replaceChildren("Submitted: ", link);
  } catch (error) {
    $("sent").textContent = `Not submitted: ${error.message}`;
    $("send").disabled = false;
  }
});

async function show(text) {
  asText = text;
  $("form").hidden = text;
  $("text").hidden = !text;
  $("as-form").setAttribute("aria-pressed", String(!text));
  $("as-text").setAttribute("aria-pressed", String(text));
}

$("text").addEventListener("input", changed);
$("form").append(form.node);
$("as-form").disabled = remarks > 0;
$("as-form").addEventListener("click", () => show(false));
$("as-text").addEventListener("click", () => show(true));
show(asText);
