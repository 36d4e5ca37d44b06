// The scenario files of examples/, read.

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type NamedScenario, parseScenarioFile } from '../../model/scenario/read.ts';

export const FOLDER = join(import.meta.dirname, '../../examples');

export const EXAMPLES = readdirSync(FOLDER).filter((name) => name.endsWith('.yaml'));

export function runsOf(file: string): readonly NamedScenario[] {
  const text = readFileSync(join(FOLDER, file), 'utf8');
  return parseScenarioFile(text, { file }).scenarios;
}
