// What the person has told: the story and what was clicked. Plain data, so that a step can be undone and a version kept.
export const NEW = Object.freeze({ text: "", age: "", sex: "", setting: "primary_care", given: {}, leftOut: {}, skipped: [] });

export const isEmpty = (told) => !told.text.trim() && Object.keys(told.given).length === 0;

const without = (object, id) => Object.fromEntries(Object.entries(object).filter(([key]) => key !== id));

// given: {state: "present"|"absent", value?, side?} for a finding, {status} or {ruledOut} for a condition.
export const give = (told, id, given) => ({
  ...told,
  given: { ...told.given, [id]: given },
  leftOut: without(told.leftOut, id),
  skipped: told.skipped.filter((other) => other !== id),
});

// Taken out is "not asked": it says nothing, which is not the same as absent.
export const takeOut = (told, id, name) => ({
  ...told,
  given: without(told.given, id),
  leftOut: told.text.trim() ? { ...told.leftOut, [id]: name } : told.leftOut,
});

export const putBack = (told, id) => ({ ...told, leftOut: without(told.leftOut, id) });
export const skip = (told, id) => ({ ...told, skipped: [...told.skipped, id] });
export const noneOf = (told, ids) => ids.reduce((so_far, id) => give(so_far, id, { state: "absent" }), told);

// The case as the API takes it.
export function body(told) {
  const data = { text: told.text, present: [], absent: [], values: {}, sides: {}, known_conditions: [], ruled_out: [] };
  for (const [id, given] of Object.entries(told.given)) {
    if (given.ruledOut) data.ruled_out.push(id);
    else if (given.status) data.known_conditions.push({ id, status: given.status });
    else if (given.state === "absent") data.absent.push(id);
    else if (typeof given.value === "number") data.values[id] = given.value;
    else data.present.push(given.value ? `${id}=${given.value}` : id);
    if (given.side && given.state === "present") data.sides[id] = given.side;
  }
  const common = { setting: told.setting, age: told.age === "" ? null : Number(told.age), sex: told.sex || null, left_out: Object.keys(told.leftOut) };
  return Object.keys(told.given).length === 0 ? { text: told.text, ...common } : { case: data, ...common };
}

// The same way back, for a case that was saved. ``names`` gives the name of what was left out.
export function fromBody(sent, names) {
  const data = sent.case ?? { text: sent.text };
  const given = {};
  for (const id of data.absent ?? []) given[id] = { state: "absent" };
  for (const entry of data.present ?? []) {
    const [id, value] = entry.split("=");
    given[id] = value ? { state: "present", value } : { state: "present" };
  }
  for (const [id, value] of Object.entries(data.values ?? {})) given[id] = { state: "present", value };
  for (const [id, side] of Object.entries(data.sides ?? {})) given[id] = { ...given[id], side };
  for (const known of data.known_conditions ?? []) given[known.id] = { status: known.status };
  for (const id of data.ruled_out ?? []) given[id] = { ruledOut: true };
  const leftOut = Object.fromEntries((sent.left_out ?? []).map((id) => [id, names(id)]));
  const age = sent.age ?? null;
  return { ...NEW, text: data.text ?? "", age: age === null ? "" : String(age), sex: sent.sex ?? "", setting: sent.setting ?? "primary_care", given, leftOut };
}
