// Keys: single letters work outside text boxes, and can be switched off (WCAG 2.1.4). One list, shown as it is.
import { html } from "./html.js";
import { remember, remembered } from "./settings.js";

export const KEYS = [
  ["s", "to the story", "story"],
  ["f", "add a finding", "add"],
  ["n", "to the next question", "next"],
  ["1 – 5", "causes, plan, documents, ask, compare", "tab"],
  ["u", "undo", "undo"],
  ["r", "redo", "redo"],
  ["k", "keep this version", "keep"],
  ["c", "commit first, on or off", "commit"],
  ["?", "this list", "help"],
];
const SINGLE = Object.fromEntries(KEYS.filter(([key]) => key.length === 1).map(([key, , act]) => [key, act]));
const TYPING = "input:not([type=radio]):not([type=checkbox]), textarea, select, [contenteditable]";

export const on = () => remembered("keys", "on") === "on";

// ``acts``: name of an act -> what it does. Esc leaves the story for the answer.
export function listen(acts) {
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || document.querySelector("dialog[open]")) return;
    if (event.key === "Escape" && event.target.id === "story") acts.answer();
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest(TYPING) || !on()) return;
    const act = /^[1-5]$/.test(event.key) ? () => acts.tab(Number(event.key) - 1) : acts[SINGLE[event.key]];
    if (!act) return;
    event.preventDefault();
    act();
  });
}

export const showHelp = () => document.getElementById("keys").showModal();

export function Help() {
  const box = html`<input type="checkbox" checked=${on()} onchange=${(event) => remember("keys", event.target.checked ? "on" : "off")} />`;
  return html`<dialog id="keys" class="help" aria-labelledby="keys-title">
    <h2 id="keys-title">Keys</h2>
    <table><tbody>${KEYS.map(([key, words]) => html`<tr><th scope="row"><kbd>${key}</kbd></th><td>${words}</td></tr>`)}<tr><th scope="row"><kbd>Esc</kbd></th><td>from the story to the answer; closes what is open</td></tr></tbody></table>
    <p><label>${box} single keys work outside text boxes</label></p>
    <form method="dialog"><button type="submit">Close</button></form>
  </dialog>`;
}
