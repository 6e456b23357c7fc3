// What is done to the case as a whole, and whom the answer is written for.
import { html } from "./html.js";
import { capital } from "./words.js";

export const Toolbar = ({ readers, reader, read, anew, undo, redo, commit, commitFirst, help, children }) => html`<div class="toolbar">
  <div class="row">
    <button type="button" id="clear" onclick=${anew}>New</button>
    <button type="button" id="undo" onclick=${undo || undefined} disabled=${!undo}>Undo</button>
    <button type="button" id="redo" onclick=${redo || undefined} disabled=${!redo}>Redo</button>
    ${reader !== "patient" && html`<button type="button" id="commit" aria-pressed=${String(Boolean(commit))} onclick=${() => commitFirst(!commit)}>Commit first</button>`}
    ${children}
  </div>
  <fieldset class="readers"><legend>Written for a</legend>${readers.map(
    (name) => html`<label class=${name === reader ? "chosen" : ""}><input type="radio" name="reader" value=${name} checked=${name === reader} onchange=${() => read(name)} />${capital(name)}</label>`,
  )}</fieldset>
  <button type="button" class="quiet" id="help" onclick=${help}>Keys</button>
</div>`;
