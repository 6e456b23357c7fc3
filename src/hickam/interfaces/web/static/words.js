// Numbers and names as the command line writes them.
export const words = JSON.parse(document.getElementById("words").textContent);

export function percent(chance, exact = false) {
  if (chance > 0 && chance < 0.005) return "<1 %";
  if (chance > 0.995 && chance < 1) return ">99 %";
  return `${(100 * chance).toFixed(exact ? 1 : 0)} %`;
}

export const range = (of, exact = false) => `${(100 * of.low).toFixed(exact ? 1 : 0)}–${(100 * of.high).toFixed(exact ? 1 : 0)}`;
export const likelihood = (chance) => words.bands.find(([least]) => chance >= least)[1];
export const capital = (text) => text.slice(0, 1).toUpperCase() + text.slice(1);
export const plain = (id) => id.replaceAll("_", " ");
export const outOf100 = (chance) => (chance > 0 && chance < 0.005 ? "fewer than 1" : String(Math.round(100 * chance)));
export const signed = (decibans, digits = 1) => `${decibans < 0 ? "−" : "+"}${Math.abs(decibans).toFixed(digits)}`;
export const count = (number, one, many = `${one}s`) => `${number} ${number === 1 ? one : many}`;
