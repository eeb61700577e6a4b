// Renders the yardstick film: render.mjs MATERIALS OUT, in the folder of the project.
import {renderVideo} from '@revideo/renderer';
import {copyFileSync, rmSync, symlinkSync} from 'node:fs';

const [materials, out] = process.argv.slice(2);
rmSync('public', {force: true});
symlinkSync(materials, 'public');

// It looks for sounds in ../public, seen from the folder of the output.
const made = await renderVideo({
  projectFile: './src/project.tsx',
  settings: {
    outDir: './output',
    outFile: 'film.mp4',
    workers: 1, // the default; each further worker is a browser and a server more
    logProgress: false,
    projectSettings: {exporter: {name: '@revideo/core/wasm'}}, // the default
    puppeteer: {executablePath: process.env.BENCH_BROWSER, args: ['--no-sandbox']},
  },
});
copyFileSync(made, out);
process.exit(0); // its server for the browser would keep the process
