// Before anything is typed: what to do, three stories to try, what it is not for.
import { html } from "./html.js";

const EXAMPLES = [
  "62-year-old man, cramping in the right calf after 200 m, gone in 2 minutes of standing still, smoker, absent pedal pulses.",
  "72-year-old woman, wakes three nights a week with a hard, painful calf; stretching ends it. Takes bendroflumethiazide. No swelling.",
  "45-year-old woman, left calf swollen, warm and painful since yesterday, long flight last week, on the pill.",
];

export const Welcome = ({ about, example }) => html`<div class="welcome">
  <h2>Tell a story about a leg. The answer appears as you type.</h2>
  <p>In your own words: where and when it hurts, what brings it on, what eases it, how long it lasts, age and sex, illnesses, medicines, what you found. Or begin with one of these:</p>
  <ul class="examples">${EXAMPLES.map((text) => html`<li><button type="button" class="example" onclick=${() => example(text)}>${text}</button></li>`)}</ul>
  <div ref=${(place) => place && place.replaceChildren(about.content.cloneNode(true))}></div>
</div>`;
