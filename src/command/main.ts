#!/usr/bin/env node
import { existsSync, readFileSync } from 'node:fs';
import { processIo } from './command-io.ts';
import { runCommandLine } from './program.ts';

/** Of the package that this file belongs to, built or not. */
function version(): string {
  let manifest = new URL('./package.json', import.meta.url);
  while (!existsSync(manifest)) manifest = new URL('../package.json', manifest);
  return (JSON.parse(readFileSync(manifest, 'utf8')) as { readonly version: string }).version;
}

process.exitCode = await runCommandLine(process.argv.slice(2), processIo(), version());
