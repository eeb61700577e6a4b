// Renders the yardstick film: render.mjs BUNDLE OUT.
import {renderMedia, selectComposition} from '@remotion/renderer';

const [serveUrl, outputLocation] = process.argv.slice(2);
const browser = {
  serveUrl,
  browserExecutable: process.env.BENCH_BROWSER,
  chromeMode: 'headless-shell',
  logLevel: 'warn',
};
const composition = await selectComposition({...browser, id: 'film'});
await renderMedia({
  ...browser,
  composition,
  outputLocation,
  codec: 'h264',
  x264Preset: 'veryfast',
  crf: 23,
  audioCodec: 'aac',
  audioBitrate: '96k',
  imageFormat: 'jpeg', // the default; its documentation calls it the faster one
  concurrency: Number(process.env.BENCH_WORKERS), // every core, which is faster than its default of half
});
