// Feedback on any line: press the button, choose a line (mouse or keys), say what is wrong. No case goes with it unless chosen.
const TOKEN = /(?:^|; )(?:__Host-)?hickam-csrf=([^;]*)/;
const LINES = "p, li, dd, td, th, summary, h1, h2, h3";
const OWN = "#feedback-dialog, .feedback, .story, form, nav"; // never the story, nor what a person is filling in
const $ = (id) => document.getElementById(id);
const start = $("feedback-start");
let lines = [];
let chosen = null;

const say = (text) => { $("feedback-note").textContent = text; };

function offered() {
  const main = document.querySelector("main");
  return [...main.querySelectorAll(LINES)].filter((line) => !line.closest(OWN) && line.innerText?.trim() && !line.querySelector("p, li"));
}

function stop() {
  for (const line of lines) {
    line.classList.remove("feedback-line");
    if (line.dataset.feedbackTab) line.removeAttribute("tabindex");
    delete line.dataset.feedbackTab;
  }
  lines = [];
  document.removeEventListener("click", pick, true);
  document.removeEventListener("keydown", keys, true);
  start.setAttribute("aria-pressed", "false");
}

function begin() {
  if (lines.length) {
    stop();
    say("");
    return;
  }
  lines = offered();
  for (const line of lines) {
    line.classList.add("feedback-line");
    if (!line.hasAttribute("tabindex")) {
      line.tabIndex = 0;
      line.dataset.feedbackTab = "1";
    }
  }
  document.addEventListener("click", pick, true);
  document.addEventListener("keydown", keys, true);
  start.setAttribute("aria-pressed", "true");
  say("Choose the line: click it, or go to it with Tab and press Enter. Escape ends it.");
  lines[0]?.focus({ preventScroll: true });
}

function pick(event) {
  const line = lines.find((one) => one.contains(event.target));
  if (!line) return;
  event.preventDefault();
  event.stopPropagation();
  ask(line);
}

function keys(event) {
  if (event.key === "Escape") {
    stop();
    say("");
    start.focus();
  } else if (event.key === "Enter" && lines.includes(document.activeElement)) {
    event.preventDefault();
    event.stopPropagation();
    ask(document.activeElement);
  }
}

function ask(line) {
  const heading = line.closest("section")?.querySelector("h2, h3")?.innerText ?? "";
  chosen = `${location.pathname.slice(1) || "start"}${heading ? ` › ${heading.trim()}` : ""}`.slice(0, 300);
  stop();
  say("");
  $("feedback-line").value = line.innerText.trim().slice(0, 3000);
  $("feedback-text").value = "";
  $("feedback-attach").checked = false;
  $("feedback-case").hidden = !document.querySelector("[data-case]")?.dataset.case;
  $("feedback-dialog").showModal();
  $("feedback-text").focus();
}

async function send() {
  const text = $("feedback-text");
  if (!text.reportValidity()) return;
  const body = { subject: chosen, text: `“${$("feedback-line").value.trim()}”\n${text.value.trim()}` };
  if ($("feedback-attach").checked) body.case = document.querySelector("[data-case]").dataset.case;
  const token = TOKEN.exec(document.cookie)?.[1];
  const headers = { "content-type": "application/json", ...(token ? { "x-csrf-token": decodeURIComponent(token) } : {}) };
  try {
    const response = await fetch("/api/v1/feedback", { method: "POST", headers, body: JSON.stringify(body) });
    $("feedback-dialog").close();
    say(response.ok ? "Sent to the editors. Thank you." : `Not sent: ${(await response.json()).detail}`);
  } catch {
    say("Not sent: the program does not answer.");
  }
  start.focus();
}

start.hidden = false;
start.setAttribute("aria-pressed", "false");
start.addEventListener("click", begin);
$("feedback-send").addEventListener("click", send);
