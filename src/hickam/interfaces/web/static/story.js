// The story box: marks under the words that were understood, said to be absent, contradictory, or not understood.
import { h } from "./dom.js";

const RANK = { missed: 1, absent: 2, present: 3, conflict: 4 };

// Positions from the server count characters; the browser counts UTF-16 units.
function units(text) {
  const starts = [0];
  for (const character of text) starts.push(starts[starts.length - 1] + character.length);
  return (position) => starts[Math.min(position, starts.length - 1)];
}

export function spansOf(text, seen) {
  const at = units(text);
  const spans = [];
  const add = (source, kind, title) => source && spans.push({ start: at(source.start), end: at(source.end), kind, title });
  for (const f of seen.findings) if (!f.modifiers.includes("implied")) add(f.source, f.state, f.name);
  for (const k of seen.known_conditions) add(k.source, "present", k.name);
  for (const k of seen.ruled_out) add(k.source, "absent", k.name);
  for (const m of seen.medications) add(m.source, m.drug ? "present" : "missed", m.drug || m.name);
  for (const w of seen.not_understood) add(w, "missed", "not understood");
  for (const c of seen.conflicts) c.spans.forEach((span) => add(span, "conflict", c.sentence));
  return spans;
}

export class Story {
  constructor(box, layer, onChange) {
    this.box = box;
    this.layer = layer;
    this.spans = [];
    this.last = box.value;
    box.addEventListener("input", () => {
      this.shift();
      this.paint();
      onChange();
    });
    box.addEventListener("scroll", () => this.follow());
    new ResizeObserver(() => this.follow()).observe(box);
  }

  get text() {
    return this.box.value;
  }

  set text(value) {
    this.box.value = value;
    this.spans = [];
    this.last = value;
    this.paint();
  }

  // Marks before the edit stay, marks behind it move along, marks it touches go until the next answer.
  shift() {
    const [was, now] = [this.last, this.box.value];
    const most = Math.min(was.length, now.length);
    let head = 0;
    while (head < most && was[head] === now[head]) head += 1;
    let tail = 0;
    while (tail < most - head && was[was.length - 1 - tail] === now[now.length - 1 - tail]) tail += 1;
    const moved = now.length - was.length;
    this.spans = this.spans.flatMap((span) => {
      if (span.end <= head) return [span];
      if (span.start >= was.length - tail) return [{ ...span, start: span.start + moved, end: span.end + moved }];
      return [];
    });
    this.last = now;
  }

  show(text, seen) {
    if (text !== this.box.value) return;
    this.spans = spansOf(text, seen);
    this.paint();
  }

  paint() {
    const text = this.box.value;
    const kinds = new Array(text.length).fill("");
    for (const span of this.spans) {
      for (let i = span.start; i < span.end; i += 1) if (!kinds[i] || RANK[span.kind] > RANK[kinds[i]]) kinds[i] = span.kind;
    }
    const parts = [];
    for (let from = 0; from < text.length; ) {
      let to = from + 1;
      while (to < text.length && kinds[to] === kinds[from]) to += 1;
      const part = text.slice(from, to);
      parts.push(kinds[from] ? h("mark", { class: kinds[from] }, part) : part);
      from = to;
    }
    this.layer.replaceChildren(...parts, "\n");
    this.follow();
  }

  follow() {
    this.layer.scrollTop = this.box.scrollTop;
  }
}
