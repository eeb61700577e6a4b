// Renders the yardstick film: render.mjs MATERIALS OUT.
import editly from 'editly';
import {join} from 'node:path';

const [materials, out] = process.argv.slice(2);
const scenes = [0, 1, 2, 3, 4, 5];

await editly({
  outPath: out,
  width: 1920,
  height: 1080,
  fps: 30,
  // No crossings, and below no zoom and no blurred border: as still as the other films.
  defaults: {transition: null},
  clips: scenes.map((i) => ({
    duration: 10,
    layers: [{type: 'image', path: join(materials, `p${i}.png`), resizeMode: 'stretch', zoomDirection: null}],
  })),
  audioTracks: scenes.map((i) => ({path: join(materials, `n${i}.wav`), start: i * 10})),
  // Its own default is preset medium at crf 18, which takes longer.
  customOutputArgs: [
    '-c:v', 'libx264', '-preset', 'veryfast', '-crf', '23', '-pix_fmt', 'yuv420p',
    '-c:a', 'aac', '-b:a', '96k', '-ac', '1', '-movflags', 'faststart',
  ],
});
