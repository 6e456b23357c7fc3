// What a person likes, kept in this browser. Only these names; nothing of a patient.
const NAMES = ["reader", "keys"];

export function remembered(name, otherwise) {
  try {
    return localStorage.getItem(`hickam.${name}`) ?? otherwise;
  } catch {
    return otherwise;
  }
}

export function remember(name, value) {
  if (!NAMES.includes(name)) throw new Error(`not a setting: ${name}`);
  try {
    localStorage.setItem(`hickam.${name}`, value);
  } catch {
    // a browser that keeps nothing still works
  }
}
