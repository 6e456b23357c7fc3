// The answer in the patient's words: what it may be, what to know, when to get help.
import { Bar } from "./charts.js";
import { html, NewTab } from "./html.js";
import { Card } from "./plan.js";
import { capital, likelihood, outOf100 } from "./words.js";

const IN_PERSON = "A doctor should talk with you about this face to face.";

export function WhatItMayBe({ answer, settled, full, chooseFull }) {
  const likely = answer.differential.filter((c) => c.tier === "most_likely" || c.tier === "other_likely").slice(0, 4);
  const careful = answer.differential.filter((c) => c.tier === "do_not_miss");
  const line = (c, text) => {
    const name = html`<strong>${capital(c.condition.lay_name)}</strong>`;
    if (c.condition.tell_in_person && !full) return html`<li key=${c.condition.id}>${name}: ${IN_PERSON}</li>`;
    return html`<li key=${c.condition.id}>${name}: ${text}<${Bar} of=${c.cause} interval=${settled} /><${NewTab} href=${`/conditions/${c.condition.id}`}>Read more<span class="hidden"> about ${c.condition.lay_name}</span><//></li>`;
  };
  const held = full || answer.differential.some((c) => c.tier !== "unlisted" && c.condition.tell_in_person);
  return html`<h2 id="differential-title">What it may be</h2>
    ${!answer.fit.known_pattern && html`<p class="notice">Your story does not fit one clear pattern. A clinician should hear more.</p>`}
    <ul class="lay">${likely.map((c) => line(c, `${likelihood(c.cause.value)}. Of 100 people with your story, about ${outOf100(c.cause.value)} have this.`))}</ul>
    ${careful.length > 0 && html`<h3>What must not be missed</h3><ul class="lay">${careful.map((c) => line(c, `${likelihood(c.cause.value)}, but it needs to be checked.`))}</ul>`}
    ${held && html`<p><label><input type="checkbox" checked=${full} onchange=${(event) => chooseFull(event.target.checked)} /> Name what a doctor would rather tell me face to face; I choose to read it.</label></p>`}
    <${Alarm} />`;
}

// The danger signs that every patient sees are in the page itself; a test compares them with the handout's.
const alarm = document.getElementById("alarm");

const Alarm = () => html`<div class="danger"><h3>When to get help</h3><div ref=${(place) => place && place.replaceChildren(alarm.content.cloneNode(true))}></div></div>`;

export function LayPlan({ answer }) {
  const mentioned = answer.medication_review.map(
    (item) => html`<li><strong>${item.name}</strong>: this medicine may matter for leg symptoms. Do not stop or change it on your own; ask a clinician or pharmacist about it.</li>`,
  );
  return html`<${Card} title="What to know" items=${answer.what_to_tell_the_patient.map((text) => html`<li>${text}</li>`)} /><${Card} title="Your medicines" items=${mentioned} kind="care" />`;
}
