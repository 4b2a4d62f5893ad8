import { embeddedImagePath } from './built-files.js';
import { makeImage } from './data-folder.js';

/** Last step of the build: the fresh database that a first start copies instead of running initdb. */
const started = Date.now();
if (await makeImage(embeddedImagePath()))
  process.stderr.write(`made the embedded database's image in ${Date.now() - started} ms\n`);
process.exit(0);
