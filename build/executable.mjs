// tsc keeps the shebang of cli/main.ts but not the mode that lets npx run it from a checkout.
import { chmodSync, existsSync } from 'node:fs';

const main = new URL('../dist/cli/main.js', import.meta.url);
if (existsSync(main)) chmodSync(main, 0o755);
