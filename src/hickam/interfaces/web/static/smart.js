// The page of a patient opened from a record system: write the note that was read, close the patient.
const $ = (id) => document.getElementById(id);
const key = $("main").dataset.key;
const token = () => document.cookie.match(/hickam-csrf=([^;]*)/)?.[1] ?? "";

async function send(path, body) {
  const headers = { "content-type": "application/json", accept: "application/json", "x-csrf-token": token() };
  const response = await fetch(path, { method: "POST", headers, body: JSON.stringify({ key, ...body }), cache: "no-store" });
  const answer = response.status === 204 ? {} : await response.json();
  if (!response.ok) throw new Error([answer.detail, answer.fix].filter(Boolean).join(" – "));
  return answer;
}

$("note-form")?.addEventListener("submit", async (event) => {
  event.preventDefault();
  const button = event.submitter ?? event.target.querySelector("button");
  button.disabled = true;
  try {
    const { written } = await send("/smart/note", { note: $("note").value, structured: $("structured").checked });
    $("said").textContent = `Written: ${written}.`;
    $("note").readOnly = true;
  } catch (error) {
    $("said").textContent = error.message;
    button.disabled = false;
  }
});

$("end").addEventListener("click", async () => {
  try {
    await send("/smart/end", {});
    $("main").replaceChildren("This patient is closed.");
  } catch (error) {
    $("said").textContent = error.message;
  }
});
