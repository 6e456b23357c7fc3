// Questions about this patient or the knowledge. The conversation lives on this page and nowhere else.
import { h } from "./dom.js";

const $ = (id) => document.getElementById(id);

// A sentence with its certainty; its claims and their sources open in place.
function sentence(part, answer) {
  const sources = answer.references.filter((ref) => part.sources.includes(ref.key));
  const claims = answer.claims.filter((claim) => part.claims.includes(claim.id));
  return h(
    "li",
    {},
    part.text,
    part.certainty ? h("span", { class: "where" }, ` (${part.certainty})`) : null,
    h(
      "details",
      {},
      h("summary", {}, sources.length ? `${sources.length} source${sources.length > 1 ? "s" : ""}` : "where this is from"),
      claims.map((claim) => h("p", { class: "where" }, `${claim.origin === "case" ? "computed for this case" : claim.id} · ${claim.review_state}, pending human review`)),
      sources.map((ref) => h("p", { class: "where" }, ref.url ? h("a", { href: ref.url, rel: "noopener noreferrer", target: "_blank" }, ref.citation) : ref.citation)),
    ),
  );
}

function shown(answer) {
  const list = (parts, title) => (parts.length ? [title ? h("h4", {}, title) : null, h("ul", {}, parts.map((part) => sentence(part, answer)))] : []);
  const urgent = answer.urgent
    ? h("div", { class: `urgency level-${answer.urgent.level}` }, h("strong", {}, answer.urgent.sentence), h("ul", {}, answer.urgent.reasons.map((text) => h("li", {}, text))))
    : null;
  const notes = [...answer.notes, ...(answer.counted.length ? [`Counted: ${answer.counted.join("; ")}`] : [])];
  const head = { refused: "The knowledge does not say.", urgent: "See to this first." }[answer.standing];
  return h(
    "article",
    { class: "card" },
    h("h3", {}, answer.question),
    urgent,
    head ? h("p", {}, h("strong", {}, head)) : null,
    list(answer.short),
    list(answer.support, answer.disagree ? "The sources disagree" : "What the knowledge also says"),
    list(answer.nearest, "The nearest thing it does say"),
    h("ul", { class: "where" }, [...notes, ...answer.ask_a_clinician].map((text) => h("li", {}, text))),
    h("p", { class: "where" }, answer.disclaimer),
  );
}

// `now` gives what the page knows: the case (or null) and the reader.
export function asking(now) {
  let carry = null;
  $("ask-form").addEventListener("submit", async (event) => {
    event.preventDefault();
    const question = $("ask-text").value.trim();
    if (!question) return;
    const button = event.submitter;
    button.disabled = true;
    try {
      const response = await fetch("/api/v1/ask", {
        method: "POST",
        headers: { "content-type": "application/json", accept: "application/json" },
        body: JSON.stringify({ question, before: carry, ...now() }),
        cache: "no-store",
      });
      const data = await response.json();
      if (response.ok) carry = data.carry;
      $("ask-answers").prepend(response.ok ? shown(data) : h("p", { class: "notice" }, [data.detail, data.fix].filter(Boolean).join(" – ")));
      if (response.ok) $("ask-text").value = "";
    } catch {
      $("ask-answers").prepend(h("p", { class: "notice" }, "The program does not answer. Is hickam serve still running?"));
    } finally {
      button.disabled = false;
    }
  });
}
