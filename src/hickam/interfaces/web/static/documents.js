// Documents of the case on the screen: shown as text here, or saved as a file by the browser. Nothing is kept.
const $ = (id) => document.getElementById(id);

async function write(told, format) {
  const [kind, reader] = $("document-kind").value.split(":");
  const body = { ...told(), kind, format, reader: reader || "clinician" };
  if (kind === "referral") body.to = $("document-to").value;
  const response = await fetch("/api/v1/note", {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
    cache: "no-store",
  });
  if (!response.ok) {
    const problem = await response.json();
    throw new Error([problem.detail, problem.fix].filter(Boolean).join(" – "));
  }
  return response;
}

async function save(told) {
  const response = await write(told, $("document-format").value);
  const name = /filename="([^"]+)"/.exec(response.headers.get("content-disposition"))[1];
  const url = URL.createObjectURL(await response.blob());
  const link = Object.assign(document.createElement("a"), { href: url, download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 60000);
  return `Saved as ${name}. It is a draft: check it before it is used.`;
}

async function show(told) {
  const response = await write(told, "text");
  $("document-text").textContent = await response.text();
  $("document-text").hidden = false;
  return "A draft: check it before it is used.";
}

// ``told`` gives the case as the API takes it. A new case hides what was written about the old one.
export function documents(told) {
  $("document").addEventListener("submit", async (event) => {
    event.preventDefault();
    const note = $("document-note");
    note.textContent = "Writing …";
    try {
      note.textContent = await (event.submitter?.value === "save" ? save(told) : show(told));
    } catch (error) {
      note.textContent = error.message;
    }
  });
  $("document-kind").addEventListener("change", () => offer());
  offer();
}

function offer() {
  $("document-to").parentElement.hidden = $("document-kind").value !== "referral";
}

export function forget() {
  $("document-text").hidden = true;
  $("document-text").textContent = "";
  $("document-note").textContent = "";
}
