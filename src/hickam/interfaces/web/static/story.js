// The story box: marks under the words that were understood, said to be absent, contradictory, or not understood.
import { Component, createRef, html } from "./html.js";

const RANK = { missed: 1, absent: 2, present: 3, conflict: 4 };

// Positions from the server count characters; the browser counts UTF-16 units.
function units(text) {
  const starts = [0];
  for (const character of text) starts.push(starts[starts.length - 1] + character.length);
  return (position) => starts[Math.min(position, starts.length - 1)];
}

function spansOf(text, seen) {
  const at = units(text);
  const spans = [];
  const add = (source, kind) => source && spans.push({ start: at(source.start), end: at(source.end), kind });
  for (const f of seen.findings) if (!f.modifiers.includes("implied")) add(f.source, f.state);
  for (const k of seen.known_conditions) add(k.source, "present");
  for (const k of seen.ruled_out) add(k.source, "absent");
  for (const m of seen.medications) add(m.source, m.drug ? "present" : "missed");
  for (const w of seen.not_understood) add(w, "missed");
  for (const c of seen.conflicts) c.spans.forEach((span) => add(span, "conflict"));
  return spans;
}

function pieces(text, spans) {
  const kinds = new Array(text.length).fill("");
  for (const span of spans) {
    for (let i = span.start; i < span.end; i += 1) if (!kinds[i] || RANK[span.kind] > RANK[kinds[i]]) kinds[i] = span.kind;
  }
  const parts = [];
  for (let from = 0; from < text.length; ) {
    let to = from + 1;
    while (to < text.length && kinds[to] === kinds[from]) to += 1;
    const part = text.slice(from, to);
    parts.push(kinds[from] ? html`<mark class=${kinds[from]}>${part}</mark>` : part);
    from = to;
  }
  return parts;
}

export class Story extends Component {
  box = createRef();
  layer = createRef();
  state = { spans: [] };
  last = "";

  componentDidMount() {
    this.last = this.box.current.value;
    new ResizeObserver(() => this.follow()).observe(this.box.current);
  }

  componentDidUpdate(before) {
    const box = this.box.current;
    if (this.props.text !== box.value) {
      box.value = this.props.text;
      this.last = this.props.text;
      this.setState({ spans: [] });
    }
    if (this.props.seen !== before.seen && this.props.seenText === box.value) this.setState({ spans: spansOf(box.value, this.props.seen) });
    this.follow();
  }

  // Marks before the edit stay, marks behind it move along, marks it touches go until the next answer.
  typed() {
    const [was, now] = [this.last, this.box.current.value];
    const most = Math.min(was.length, now.length);
    let head = 0;
    while (head < most && was[head] === now[head]) head += 1;
    let tail = 0;
    while (tail < most - head && was[was.length - 1 - tail] === now[now.length - 1 - tail]) tail += 1;
    const moved = now.length - was.length;
    const spans = this.state.spans.flatMap((span) => {
      if (span.end <= head) return [span];
      if (span.start >= was.length - tail) return [{ ...span, start: span.start + moved, end: span.end + moved }];
      return [];
    });
    this.last = now;
    this.setState({ spans });
    this.props.onText(now);
  }

  follow() {
    this.layer.current.scrollTop = this.box.current.scrollTop;
  }

  render({ text, placeholder }, { spans }) {
    return html`<div class="story">
      <div ref=${this.layer} class="marks" aria-hidden="true">${pieces(this.box.current?.value ?? text, spans)}${"\n"}</div>
      <textarea ref=${this.box} id="story" rows="3" spellcheck="true" autocomplete="off" maxlength="60000" aria-describedby="story-help"
        placeholder=${placeholder} oninput=${() => this.typed()} onscroll=${() => this.follow()}></textarea>
    </div>`;
  }
}
