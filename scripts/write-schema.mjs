// Writes schema/sluice.json, the JSON Schema of configurations, from the built package. Part of `npm run build`.
import { mkdirSync, writeFileSync } from 'node:fs';
import { describeConfig } from '../dist/index.js';

const folder = new URL('../schema/', import.meta.url);
mkdirSync(folder, { recursive: true });
writeFileSync(new URL('sluice.json', folder), `${JSON.stringify(describeConfig(), null, 2)}\n`);
