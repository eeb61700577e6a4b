// Bundles the film, which Remotion's documentation says to do once and not for each
// render: bundle.mjs MATERIALS BUNDLE.
import {bundle} from '@remotion/bundler';
import {fileURLToPath} from 'node:url';

const [materials, outDir] = process.argv.slice(2);
const entryPoint = fileURLToPath(new URL('index.jsx', import.meta.url));
await bundle({entryPoint, publicDir: materials, outDir});
