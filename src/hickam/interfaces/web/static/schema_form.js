// A form from a JSON Schema: every part of the data can be edited, added and removed. read() gives the data back.
import { element } from "./editorial.js";

const LONG = 60;
const words = (name) => name.replaceAll("_", " ");
const button = (text, label, act) => element("button", { type: "button", "aria-label": label, onclick: act }, text);

export function schemaForm(schema, data, changed) {
  const form = new Form(schema, changed);
  return form.part(schema, data, "content");
}

class Form {
  constructor(schema, changed) {
    this.kinds = schema.$defs ?? {};
    this.changed = changed;
  }

  // The schema that a value follows: references resolved, "or nothing" left out.
  settled(schema, value) {
    if (schema.$ref) return this.settled(this.kinds[schema.$ref.split("/").pop()], value);
    if (!schema.anyOf) return schema;
    const options = schema.anyOf.map((one) => this.settled(one, value)).filter((one) => one.type !== "null");
    return options.find((one) => one.type === typeof value) ?? options[0];
  }

  part(given, value, label) {
    const schema = this.settled(given, value);
    if (schema.enum) return this.choice(schema, value, label);
    if (schema.type === "object") return schema.properties ? this.record(schema, value ?? {}, label) : this.mapping(schema, value ?? {}, label);
    if (schema.type === "array") return schema.prefixItems ? this.tuple(schema, value ?? [], label) : this.list(schema, value ?? [], label);
    if (schema.type === "boolean") return this.flag(value, label);
    return this.text(schema, value ?? "", label);
  }

  watch(node) {
    node.addEventListener("input", () => this.changed());
    return node;
  }

  text(schema, value, label) {
    const numeric = schema.type === "number" || schema.type === "integer";
    const long = !numeric && String(value).length > LONG;
    const node = this.watch(long
      ? element("textarea", { rows: Math.min(12, Math.ceil(String(value).length / 70) + 1), "aria-label": label })
      : element("input", { "aria-label": label, inputmode: numeric ? "decimal" : null }));
    node.value = value;
    const number = () => (node.value.trim() !== "" && Number.isFinite(Number(node.value)) ? Number(node.value) : node.value);
    return { node, read: () => (numeric ? number() : node.value) };
  }

  choice(schema, value, label) {
    const node = this.watch(element("select", { "aria-label": label }, schema.enum.map((one) => element("option", { value: one, selected: one === value }, words(String(one))))));
    return { node, read: () => node.value };
  }

  flag(value, label) {
    const node = this.watch(element("input", { type: "checkbox", "aria-label": label }));
    node.checked = Boolean(value);
    return { node, read: () => node.checked };
  }

  tuple(schema, value, label) {
    const parts = schema.prefixItems.map((one, at) => this.part(one, value[at], `${label}, ${at + 1}`));
    return { node: element("div", { class: "tuple" }, parts.map((part) => part.node)), read: () => parts.map((part) => part.read()) };
  }

  list(schema, value, label) {
    const parts = [];
    const held = element("div");
    const draw = () => held.replaceChildren(...parts.map((part, at) => element("div", { class: "entry" }, part.node, element("div", { class: "row" },
      at > 0 && button("↑", `move ${label} ${at + 1} up`, () => this.moved(parts, at, draw)),
      button("×", `remove ${label} ${at + 1}`, () => this.removed(parts, at, draw))))));
    const add = (one) => parts.push(this.part(schema.items, one, `${label} ${parts.length + 1}`));
    value.forEach(add);
    draw();
    const more = button("+", `add to ${label}`, () => { add(undefined); draw(); this.changed(); });
    return { node: element("div", {}, held, more), read: () => parts.map((part) => part.read()) };
  }

  moved(parts, at, draw) {
    [parts[at - 1], parts[at]] = [parts[at], parts[at - 1]];
    draw();
    this.changed();
  }

  removed(parts, at, draw) {
    parts.splice(at, 1);
    draw();
    this.changed();
  }

  mapping(schema, value, label) {
    const parts = [];
    const held = element("div");
    const draw = () => held.replaceChildren(...parts.map((part, at) => element("div", { class: "entry keyed" }, part.key.node, part.value.node,
      button("×", `remove ${part.key.read() || label}`, () => this.removed(parts, at, draw)))));
    const add = ([key, one]) => parts.push({ key: this.text({ type: "string" }, key, `name in ${label}`), value: this.part(schema.additionalProperties ?? {}, one, `${label}: ${key}`) });
    Object.entries(value).forEach(add);
    draw();
    const more = button("+", `add to ${label}`, () => { add(["", undefined]); draw(); this.changed(); });
    return { node: element("div", {}, held, more), read: () => Object.fromEntries(parts.map((part) => [part.key.read(), part.value.read()])) };
  }

  record(schema, value, label) {
    const parts = new Map();
    const held = element("div");
    const offer = element("select", { "aria-label": `add a field to ${label}` });
    const needed = schema.required ?? [];
    const order = Object.keys(schema.properties);
    const draw = () => {
      held.replaceChildren(...order.filter((name) => parts.has(name)).map((name) => element("div", { class: "field" },
        element("span", { class: "name", "aria-hidden": "true" }, words(name)), parts.get(name).node,
        needed.includes(name) ? element("span") : button("×", `remove ${name}`, () => { parts.delete(name); draw(); this.changed(); }))));
      offer.replaceChildren(element("option", { value: "" }, "add …"), ...order.filter((name) => !parts.has(name)).map((name) => element("option", { value: name }, words(name))));
      offer.hidden = order.every((name) => parts.has(name));
    };
    const add = (name, one) => parts.set(name, this.part(schema.properties[name], one, words(name)));
    for (const name of order) if (name in value || needed.includes(name)) add(name, value[name]);
    offer.addEventListener("change", () => { if (offer.value) { add(offer.value, undefined); draw(); this.changed(); } });
    draw();
    const inner = element("div", {}, held, offer);
    const node = label === "content" ? inner : element("fieldset", {}, element("legend", {}, label), inner);
    return { node, read: () => Object.fromEntries(order.filter((name) => parts.has(name)).map((name) => [name, parts.get(name).read()])) };
  }
}
