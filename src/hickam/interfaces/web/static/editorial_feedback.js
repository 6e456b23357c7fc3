// The editors' queue: say what became of a remark.
import { call } from "./editorial.js";

for (const form of document.querySelectorAll("[data-remark]")) {
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const said = form.querySelector("[role=status]");
    try {
      const { state } = await call(`/api/v1/feedback/${form.dataset.remark}`, { state: event.submitter.value, answer: form.elements.answer.value });
      said.textContent = `Recorded: ${state}.`;
    } catch (error) {
      said.textContent = `Not recorded: ${error.message}`;
    }
  });
}
