// One content: its cases are weighed after the page is shown; a reviewer takes, approves or sends it back.
import { call, effectNodes, element } from "./editorial.js";

const reference = document.getElementById("main").dataset.reference;
const effect = document.getElementById("effect");
const form = document.getElementById("judge");
const said = document.getElementById("judged");

call(`/api/v1/editorial/weigh?reference=${encodeURIComponent(reference)}`)
  .then((weighed) => effect.replaceChildren(...effectNodes(weighed)))
  .catch((error) => effect.replaceChildren(element("p", { class: "issue" }, error.message)));

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const values = Object.fromEntries(new FormData(form));
  const act = event.submitter.value;
  if (act !== "approve") delete values.next_review;
  said.textContent = "Recording …";
  try {
    const stands = await call("/api/v1/editorial/judge", { ...values, reference, act });
    said.textContent = `Recorded. ${stands.reference}: ${stands.words}`;
    document.getElementById("standing").replaceChildren(element("strong", {}, stands.words));
  } catch (error) {
    said.textContent = `Not recorded: ${error.message}`;
  }
});
