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

async function call(method, path, body, signal) {
  const headers = { accept: "application/json" };
  if (token()) headers["x-csrf-token"] = token();
  if (body !== undefined) headers["content-type"] = "application/json";
  const response = await fetch(path, { method, headers, body: body === undefined ? undefined : JSON.stringify(body), signal, cache: "no-store" });
  if (response.ok) return response;
  throw new Refused(await response.json());
}

export const post = async (path, body, signal) => (await call("POST", path, body, signal)).json();
export const postForFile = (path, body) => call("POST", path, body);
export const get = async (path) => (await call("GET", path)).json();

// Give a file to the browser to save.
export function save(blob, name) {
  const url = URL.createObjectURL(blob);
  Object.assign(document.createElement("a"), { href: url, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(url), 60000);
}
