// Urgency and differential, for a clinician or for the patient.
import { bar, capital, h, likelihood, outOf100, percent, plain, range, signed, weight, words } from "./dom.js";

const SIGNS = { emergency: "!!", same_day: "!", soon: "→", routine: "·", self_care: "✓" };
const article = (id, name) =>
  h("a", { href: `/conditions/${id}`, target: "_blank", rel: "noopener" }, name, h("span", { class: "hidden" }, " (opens in a new tab)"));

export function urgency(answer, cite, findings, patient) {
  const level = answer.urgency;
  const reasons = patient ? level.reasons.filter((r) => r.level === level.level).slice(0, 2) : level.reasons;
  const lines = reasons.map((r) => h("li", {}, (patient && r.lay_sentence) || r.sentence, patient ? [] : cite(r.sources)));
  const name = (id) => findings.get(id)?.[patient ? "lay_name" : "name"] || plain(id);
  return [
    h("h2", { id: "urgency-title", class: "level" }, h("span", { class: "sign", "aria-hidden": "true" }, SIGNS[level.level]), h("span", { class: "hidden" }, "Urgency: "), level.sentence),
    h("p", {}, patient ? answer.route.sentence : [h("strong", {}, `See: ${answer.route.first_name}. `), answer.route.sentence]),
    lines.length > 0 && h("details", { key: "urgency-why", open: patient || lines.length <= 2 }, h("summary", {}, `Why (${lines.length})`), h("ul", {}, lines)),
    level.provisional && !patient && h("details", { key: "urgency-open" }, h("summary", {}, `Danger signs not asked about (${level.not_asked.length})`), h("p", { class: "where" }, level.not_asked.map(name).join(" · "))),
  ];
}

export function differential(answer, cite, settled, patient) {
  return patient ? forPatient(answer, settled) : forClinician(answer, cite, settled);
}

function fit(answer) {
  return !answer.fit.known_pattern && h("p", { class: "notice" }, answer.fit.sentence);
}

function forClinician(answer, cite, settled) {
  const parts = [
    h("h2", { id: "differential-title" }, "Differential"),
    h("p", { class: "where" }, "Probability of being the cause, with 90 % interval. Open a line for the working."),
    fit(answer),
  ];
  for (const [tier, title] of Object.entries({ ...words.tiers, unlisted: "Also weighed" })) {
    const members = answer.differential.filter((c) => c.tier === tier);
    if (members.length === 0) continue;
    const list = h("ol", { class: "tier" }, members.map((c) => h("li", { value: c.rank }, candidate(c, answer, cite, settled))));
    const heading = capital(title.toLowerCase());
    if (tier === "unlisted") parts.push(h("details", { key: "unlisted", class: "more" }, h("summary", {}, `${heading} (${members.length})`), list));
    else parts.push(h("section", { class: `group group-${tier}` }, h("h3", {}, heading), list));
  }
  parts.push(h("p", { class: "unexplained" }, `Unexplained: ${percent(answer.fit.unexplained)}, left for causes the pack does not hold.`));
  return parts;
}

function candidate(item, answer, cite, settled) {
  const id = item.condition.id;
  const notes = [words.categories[item.condition.category]];
  if (item.known) notes.push("known");
  else if (item.present) notes.push(`present ${percent(item.present.value)}`);
  notes.push(`age and sex alone ${percent(item.prior.value)}`);
  const danger = item.danger;
  const open = danger && ["not_excluded", "above_threshold"].includes(danger.state);
  return h(
    "details",
    { key: `c-${id}`, class: "candidate" },
    h(
      "summary",
      { key: `s-${id}` },
      h("span", { class: "name" }, item.condition.name, " ", danger?.state === "excluded" ? h("span", { class: "pill" }, "excluded") : open && item.tier !== "unlisted" && h("span", { class: "pill pill-danger" }, "not excluded yet")),
      h("span", { class: "figure" }, h("b", {}, percent(item.cause.value)), settled ? h("span", { class: "interval" }, ` ${range(item.cause)}`) : h("span", { class: "interval" }, " …")),
      bar(item.cause, settled),
      h("span", { class: "where" }, notes.join(" · ")),
    ),
    h("div", { class: "working" }, working(item, cite, settled), related(item), danger && dangerLines(danger, cite), tests(item), h("p", {}, article(id, `Article: ${item.condition.name}`))),
  );
}

function working(item, cite, settled) {
  if (!settled) return h("p", { class: "where" }, "Working it out …");
  if (item.baseline_decibans === null) return h("p", { class: "where" }, "The working is given for the first twelve conditions.");
  const most = Math.max(10, Math.abs(item.baseline_decibans), ...item.contributions.map((c) => Math.abs(c.decibans)));
  const line = (decibans, sentence, basis, sources) =>
    h(
      "tr",
      {},
      h("td", { class: "num" }, signed(decibans)),
      h("td", { class: "shape" }, weight(decibans, most)),
      h("td", {}, sentence, basis && [" ", h("span", { class: `basis basis-${basis}` }, basis)], sources && cite(sources)),
    );
  const shown = item.contributions.filter((c) => Math.abs(c.decibans) >= 0.05);
  const sum = item.baseline_decibans + item.contributions.reduce((total, c) => total + c.decibans, 0);
  return h(
    "table",
    { class: "waterfall" },
    h("caption", {}, "Why, in decibans: ten are a factor of ten in odds"),
    h("thead", { class: "hidden" }, h("tr", {}, h("th", { scope: "col" }, "decibans"), h("th", { scope: "col" }, "against or for"), h("th", { scope: "col" }, "finding"))),
    h(
      "tbody",
      {},
      line(item.baseline_decibans, "Start: age, sex, setting, risk factors, known conditions"),
      shown.map((c) => line(c.decibans, c.sentence, c.basis, c.sources)),
      h("tr", { class: "sum" }, h("td", { class: "num" }, signed(sum)), h("td", {}), h("td", {}, `Sum = ${percent(item.cause.value)} as the cause`)),
    ),
  );
}

function related(item) {
  const lines = [
    ...item.parents.filter((r) => r.present >= 0.05).map((r) => h("li", {}, "May come from ", article(r.id, r.name), ` (present ${percent(r.present)})`)),
    ...item.children.filter((r) => r.present >= 0.2).map((r) => h("li", {}, "With ", article(r.id, r.name), ` (present ${percent(r.present)})`)),
  ];
  return lines.length > 0 && h("ul", {}, lines);
}

function dangerLines(danger, cite) {
  return h(
    "div",
    { class: "danger" },
    h("p", {}, h("strong", {}, `Do not miss (${words.levels[danger.harm]}), test threshold ${percent(danger.threshold)}. `), danger.why, cite(danger.sources)),
    h("p", {}, h("strong", {}, "To exclude it: "), danger.exclusion),
  );
}

function tests(item) {
  const lines = [];
  if (item.confirmed_by.length) lines.push(h("p", {}, h("strong", {}, "Confirmed by: "), item.confirmed_by.join("; ")));
  if (item.excluded_by.length) lines.push(h("p", {}, h("strong", {}, "Argues strongly against: "), item.excluded_by.join("; ")));
  return lines;
}

function forPatient(answer, settled) {
  const likely = answer.differential.filter((c) => c.tier === "most_likely" || c.tier === "other_likely").slice(0, 4);
  const careful = answer.differential.filter((c) => c.tier === "do_not_miss");
  const line = (c, text) =>
    h("li", {}, h("strong", {}, capital(c.condition.lay_name)), `: ${text}`, bar(c.cause, settled), article(c.condition.id, "Read more"));
  return [
    h("h2", { id: "differential-title" }, "What it may be"),
    !answer.fit.known_pattern && h("p", { class: "notice" }, "Your story does not fit one clear pattern. A clinician should hear more."),
    h("ul", { class: "lay" }, likely.map((c) => line(c, `${likelihood(c.cause.value)}. Of 100 people with your story, about ${outOf100(c.cause.value)} have this.`))),
    careful.length > 0 && h("h3", {}, "What must not be missed"),
    careful.length > 0 && h("ul", { class: "lay" }, careful.map((c) => line(c, `${likelihood(c.cause.value)}, but it needs to be checked.`))),
    h("div", { class: "danger" }, h("h3", {}, "When to get help"), document.getElementById("alarm").content.cloneNode(true)),
  ];
}
