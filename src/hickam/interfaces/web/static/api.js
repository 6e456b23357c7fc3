// Calls to the program that serves this page. Stories travel in bodies, never in addresses.
export class Refused extends Error {
  constructor(problem) {
    const nothing = problem.code === "nothing-understood";
    super(nothing ? `${problem.detail} Please ${problem.fix}.` : [problem.detail, problem.fix].filter(Boolean).join(" – ") || problem.title);
    this.problem = problem;
  }
}

export const SILENT = "The program does not answer. Is hickam serve still running?";
export const said = (error) => (error instanceof Refused ? error.message : SILENT);

// Where people log in, the token of their session, which no other site's page can read.
const token = () => document.cookie.match(/(?:^|; )(?:__Host-)?hickam-csrf=([^;]+)/)?.[1];

async function call(method, path, { body, signal, after, once } = {}) {
  const headers = { accept: "application/json" };
  if (token()) headers["x-csrf-token"] = token();
  if (body !== undefined) headers["content-type"] = "application/json";
  if (after !== undefined) headers["if-match"] = `"${after}"`;
  if (once) headers["idempotency-key"] = once;
  const response = await fetch(path, { method, headers, body: body === undefined ? undefined : JSON.stringify(body), signal, cache: "no-store" });
  if (response.ok) return response;
  throw new Refused(await response.json());
}

export const get = async (path) => (await call("GET", path)).json();
export const post = async (path, body, signal) => (await call("POST", path, { body, signal })).json();
export const postForFile = (path, body) => call("POST", path, { body });
export const erase = (path) => call("DELETE", path);

// ``after``: the version or revision that was changed; somebody else's change in between is refused, not lost.
export const change = async (method, path, body, after) => (await call(method, path, { body, after })).json();

// ``once``: the same key sent again (a lost answer, a second click) saves nothing a second time.
export const saveOnce = async (path, body, once, after) => (await call("POST", path, { body, once, after })).json();

export const newKey = () => Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");

// Give a file to the browser to save.
export function save(blob, name) {
  const url = URL.createObjectURL(blob);
  Object.assign(document.createElement("a"), { href: url, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(url), 60000);
}
