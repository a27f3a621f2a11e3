// Writes schema/sluice.json, the JSON Schema of configuration files, from the built package. Part of `npm run build`.
import { mkdirSync, writeFileSync } from 'node:fs';
import { describeConfigFile } from '../dist/index.js';

const folder = new URL('../schema/', import.meta.url);
mkdirSync(folder, { recursive: true });
writeFileSync(new URL('sluice.json', folder), `${JSON.stringify(describeConfigFile(), null, 2)}\n`);
