// The seconds of a recording behind words. The sound stays in this page's memory and goes with the page.
import { Refused } from "./api.js";

const MARGIN = 0.25; // a recogniser's times are no better than that
let context;
let playing;
let asked = 0;

export async function play(sound, from, to) {
  const number = ++asked;
  playing?.stop();
  context ??= new AudioContext();
  const buffer = await decoded(sound);
  if (number !== asked) return; // other words were asked for meanwhile
  const at = Math.max(0, from - MARGIN);
  playing = context.createBufferSource();
  playing.buffer = buffer;
  playing.connect(context.destination);
  playing.start(0, at, to + MARGIN - at);
}

// A piece that was paused at once holds no frame of sound.
async function decoded(sound) {
  try {
    return await context.decodeAudioData(await sound.arrayBuffer());
  } catch {
    throw new Refused({ detail: "These seconds cannot be played: this browser finds no sound in the piece.", fix: "read the words and change them where they are wrong" });
  }
}
