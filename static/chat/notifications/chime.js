/**
 * A quiet sound of two tones, made on the spot.
 * @module
 */

const TONES_HZ = [659, 880];
const TONE_S = 0.12;
const LOUDNESS = 0.05;

/** @type {AudioContext | undefined} */
let context;

/** Plays it, where the browser lets a page make a sound by itself. */
export function chime() {
  context ??= new AudioContext();
  const { currentTime, destination } = context;
  const volume = context.createGain();
  volume.connect(destination);
  volume.gain.setValueAtTime(LOUDNESS, currentTime);
  volume.gain.exponentialRampToValueAtTime(0.001, currentTime + TONES_HZ.length * TONE_S + 0.2);
  TONES_HZ.forEach((frequency, place) => {
    const tone = /** @type {AudioContext} made above */ (context).createOscillator();
    tone.frequency.value = frequency;
    tone.connect(volume);
    tone.start(currentTime + place * TONE_S);
    tone.stop(currentTime + (place + 1) * TONE_S + 0.1);
  });
}
