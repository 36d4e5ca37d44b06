import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parseScenarioFile } from '../../../model/scenario/read.ts';
import { formatScenario } from '../../../model/scenario/write.ts';

const page = readFileSync(new URL('../../../docs/scenario.md', import.meta.url), 'utf8');
const examples = [...page.matchAll(/```yaml\n(.*?)```/gs)].map((match) => match[1]!);

test('the page has examples', () => {
  expect(examples.length).toBeGreaterThan(5);
});

test.each(examples)('example %# is read, and written back the same', (text) => {
  for (const { scenario } of parseScenarioFile(text, { file: 'docs/scenario.md' }).scenarios) {
    expect(parseScenarioFile(formatScenario(scenario)).scenarios[0]?.scenario).toEqual(scenario);
  }
});
