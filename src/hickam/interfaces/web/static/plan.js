// Work-up, management, what to avoid, cautions, medicines, pitfalls, referrals, words for the patient, references.
import { h, plain, words } from "./dom.js";

const FIRST = 6;

export function plan(answer, cite, findings, patient) {
  if (patient) return layPlan(answer);
  const because = (ids) => ids.length > 0 && h("span", { class: "where" }, ` because of: ${ids.map((id) => findings.get(id)?.name || id).join(", ")}`);
  const advice = (item) => h("li", {}, item.text, cite(item.sources), because(item.because));
  const test = (item) => h("li", {}, h("strong", {}, item.test), `: ${item.why}.`, item.means && ` ${item.means}`, cite(item.sources), h("span", { class: "where" }, ` for ${item.for.join(", ")}`));
  const stage = (name) => answer.workup.filter((item) => item.stage === name).map(test);
  const step = (item) => h("li", {}, item.step, cite(item.sources), h("span", { class: "where" }, ` ${item.line === "avoid" ? "" : `${item.line}; `}certainty ${plain(item.certainty)}; ${item.condition}`));
  const steps = (wanted) => answer.management.filter(wanted).map(step);
  return [
    card("Work-up now", stage("now")),
    card("Management", steps((m) => m.line === "first")),
    card("Avoid", steps((m) => m.line === "avoid"), "not"),
    card("Cautions in this patient", answer.cautions.map(advice), "care"),
    card("Medicines", answer.medication_review.map((item) => medicine(item, cite))),
    card("Pitfalls", answer.pitfalls.map(advice)),
    card("Referral", answer.route.referrals.map((item) => referral(item, cite))),
    card("Work-up if unexplained", [...stage("if_unexplained"), ...stage("specialist")]),
    card("Tests not worth doing here", stage("not_worth_it"), "not"),
    card("Later lines", steps((m) => m.line !== "first" && m.line !== "avoid")),
    card("Prevention", answer.prevention.map(advice)),
    card("To tell the patient", answer.what_to_tell_the_patient.map((text) => h("li", {}, text))),
  ];
}

function layPlan(answer) {
  const mentioned = answer.medication_review.map((item) =>
    h("li", {}, h("strong", {}, item.name), ": this medicine may matter for leg symptoms. Do not stop or change it on your own; ask a clinician or pharmacist about it."),
  );
  return [card("What to know", answer.what_to_tell_the_patient.map((text) => h("li", {}, text))), card("Your medicines", mentioned, "care")];
}

function card(title, items, kind = "") {
  if (items.length === 0) return null;
  const more = items.slice(FIRST);
  return h(
    "section",
    { class: `card ${kind}` },
    h("h2", {}, title),
    h("ul", {}, items.slice(0, FIRST)),
    more.length > 0 && h("details", { key: `more-${title}` }, h("summary", {}, `${more.length} more`), h("ul", {}, more)),
  );
}

function medicine(item, cite) {
  const ratio = item.odds_ratio && ` Odds ratio ${item.odds_ratio.value.toPrecision(2)} (${item.odds_ratio.low.toPrecision(2)}–${item.odds_ratio.high.toPrecision(2)}).`;
  return h(
    "li",
    {},
    h("strong", {}, item.name),
    ": ",
    item.effects.map((effect) => [`${effect.text} `, cite(effect.sources)]),
    item.mechanism && `${item.mechanism} `,
    ratio,
    item.action && h("em", {}, ` ${item.action}`),
    item.check.length > 0 && h("span", { class: "where" }, ` check: ${item.check.join(", ")}`),
    cite(item.sources),
  );
}

function referral(item, cite) {
  return h(
    "li",
    {},
    h("strong", {}, item.name),
    " ",
    h("span", { class: `pill level-${item.urgency}` }, words.levels[item.urgency]),
    ` ${item.when}`,
    cite(item.sources),
    h("span", { class: "where" }, ` for ${item.for.join(", ")}`, item.before_referral.length > 0 && `; first: ${item.before_referral.join("; ")}`),
    item.warnings.map((warning) => h("p", { class: "warning" }, warning)),
  );
}

export function references(list) {
  if (list.length === 0) return [];
  const line = (ref) =>
    h(
      "li",
      { id: `ref-${ref.key}` },
      ref.citation,
      " ",
      ref.url && h("a", { href: ref.url, target: "_blank", rel: "noopener noreferrer" }, "source", h("span", { class: "hidden" }, " (opens in a new tab)")),
      h("span", { class: "where" }, ` ${plain(ref.kind)}${ref.opened ? "" : "; nobody has opened it yet"}`),
    );
  return [h("details", { key: "references" }, h("summary", {}, `References (${list.length})`), h("ol", {}, list.map(line)))];
}
