// Every run of every example does what its file expects, on both engines.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { failedExpectations } from '../../cli/expectations.ts';
import { interpret } from '../../interp/index.ts';
import { runConcrete } from '../../smt/machine/machine.ts';
import { EXAMPLES, FOLDER, runsOf } from './load.ts';

describe.each(EXAMPLES)('%s', (file) => {
  it.each(runsOf(file))('$name', ({ scenario }) => {
    expect(scenario.expect?.tailCalls).toBeDefined();
    const outcome = interpret(scenario);
    expect(failedExpectations(scenario, outcome)).toEqual([]);
    expect(runConcrete(scenario)).toEqual(outcome);
  });
});

it('the README names every example', () => {
  const text = readFileSync(join(FOLDER, 'README.md'), 'utf8');
  for (const file of EXAMPLES) expect(text).toContain(`[${file}](${file})`);
});
