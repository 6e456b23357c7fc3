// What the editors' pages share: elements, calls, the effect of a change in words.
const TOKEN = /(?:^|; )(?:__Host-)?hickam-csrf=([^;]*)/;

// An element; text is only ever set as text.
export function element(tag, props = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false));
  return node;
}

export async function call(path, body) {
  const token = TOKEN.exec(document.cookie)?.[1];
  const options = body === undefined ? {} : {
    method: "POST",
    headers: { "content-type": "application/json", ...(token ? { "x-csrf-token": decodeURIComponent(token) } : {}) },
    body: JSON.stringify(body),
  };
  const response = await fetch(path, options);
  const answer = await response.json();
  if (!response.ok) throw new Error([answer.where, answer.detail, answer.fix && `What to do: ${answer.fix}.`].filter(Boolean).join(" "));
  return answer;
}

export function differenceRows(rows) {
  if (!rows.length) return [element("p", {}, "None.")];
  const tags = { removed: "del", added: "ins" };
  return rows.map((row) => row === null
    ? element("div", { class: "gap" }, "…")
    : element("div", {}, row.runs.map(({ kind, text }) => (tags[kind] ? element(tags[kind], {}, text) : text))));
}

const plain = (text) => text.replaceAll("_", " ");

function changeWords(change) {
  const lines = [];
  if (change.level) lines.push(element("li", { class: change.lowered ? "lower" : null }, `urgency ${plain(change.level[0])} → ${plain(change.level[1])}${change.lowered ? " (LOWER)" : ""}`));
  if (change.leading) lines.push(element("li", {}, `most likely ${plain(change.leading[0])} → ${plain(change.leading[1])}`));
  for (const [name, was, now] of change.places) lines.push(element("li", {}, `${plain(name)} (expected): place ${was} → ${now}`));
  for (const [name, was, now] of change.tiers) lines.push(element("li", {}, `${plain(name)}: ${plain(was)} → ${plain(now)}`));
  for (const text of change.new_problems) lines.push(element("li", { class: "lower" }, `no longer as expected: ${text}`));
  for (const text of change.mended) lines.push(element("li", {}, `as expected now, was: ${text}`));
  return lines;
}

export function effectNodes({ effect, cases }) {
  const nodes = [];
  if (effect) {
    const lowered = effect.changes.filter((change) => change.lowered).length;
    const lost = effect.changes.filter((change) => change.new_problems.length).length;
    nodes.push(element("p", {}, element("strong", {}, `${effect.changes.length} of ${effect.cases} cases change; urgency falls in ${lowered}, an expectation is lost in ${lost}.`)));
    nodes.push(element("ul", { class: "effect" }, effect.changes.slice(0, 60).map((change) => element("li", {}, change.name, " ", element("span", { class: "where" }, change.file), element("ul", {}, changeWords(change))))));
  }
  nodes.push(element("details", {}, element("summary", {}, `${cases.length} cases rest on the item as the pack has it`),
    element("ul", {}, cases.map((one) => element("li", {}, `${one.name}: ${plain(one.level ?? "refused")}, ${plain(one.leading)} ${Math.round(100 * one.chance)} %`)))));
  return nodes;
}
