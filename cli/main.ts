#!/usr/bin/env node
// The entry of the command line: the only file that knows the process.

import process from 'node:process';
import { runCommandLine } from './app.ts';
import { createProcessTerminal } from './process-terminal.ts';
import { reportError } from './report-error.ts';

const argv = process.argv.slice(2);
const terminal = createProcessTerminal(process);

// What fails outside of any await is a bug of ours, and must not look like anything else.
const onStray = (error: unknown): void => {
  process.exit(reportError(error, argv, terminal));
};
process.on('uncaughtException', onStray);
process.on('unhandledRejection', onStray);

const code = await runCommandLine(argv, terminal);
await terminal.flush();
// Not `exitCode`: a timer or a thread that is left over must not keep the process.
process.exit(code);
