// The two ways of finding a bug that a scenario can show: by a refuted law, whose counterexample is made into a
// scenario, and by random scenarios. Both end with the smallest scenario that still shows it, run on both engines.

import { createMachine, type Machine } from '../../interp/index.ts';
import { InputError, invariant } from '../../model/errors.ts';
import { profileNamed } from '../../model/profiles/catalogue.ts';
import type { Expectation, Scenario } from '../../model/scenario/scenario.ts';
import { validateScenario } from '../../model/scenario/validate.ts';
import { formatScenario } from '../../model/scenario/write.ts';
import { type ConcreteMachine, createConcreteMachine } from '../../smt/index.ts';
import { instructionCount } from '../campaign/finding.ts';
import { compareOutcomes } from '../compare.ts';
import { rngOfRun } from '../generate/rng.ts';
import { type Draft, scenarioOf } from './draft.ts';
import { changeDraft, drawDraft } from './draw.ts';
import { type Find, type HuntResult, type Measure, type Tools, takeTurns } from './exhibit.ts';
import { type Law, refutations } from './law.ts';
import { shrinkDraft } from './shrink-draft.ts';
import { isDifferent, type Sight, seenText } from './sight.ts';
import type { Seen, Variant } from './variant.ts';

/** A bug that a scenario shows, as far as hunts know of it. */
export interface Quarry {
  /** For the names of files. */
  readonly id: string;
  readonly title: string;
  readonly faulty: Variant;
  readonly mended: Variant;
  readonly sight: Sight;
  /** The engine that must say the same of what is found: the SMT model, unless a fault is planted in it. */
  readonly second?: ConcreteMachine;
}

/** Turns counterexamples of the law into scenarios until one shows the bug. */
export async function huntByProof(
  quarry: Quarry,
  law: Law<Draft>,
  tools: Tools,
): Promise<HuntResult> {
  let tried = 0;
  for await (const draft of refutations(law, quarry.faulty.subject, tools)) {
    tried++;
    if (draft && shows(quarry, draft)) return conclude(quarry, draft, tried, tools);
  }
  return { kind: 'not found', tried };
}

/** How often a scenario that makes a difference is changed in the hope of the bug. */
const CHANGES_MAX = 300;

/** Draws scenarios until one shows the bug; one on which the variants differ at all is a lead, and followed. */
export async function huntByFuzzing(quarry: Quarry, tools: Tools): Promise<HuntResult> {
  let tried = 0;
  for (let run = 0; !tools.isOver(); run++) {
    const rng = rngOfRun(tools.seed, run);
    let lead = drawDraft(rng);
    let clue = look(quarry, lead.draft);
    await takeTurns(++tried);
    for (let changes = 0; clue === 'difference' && changes < CHANGES_MAX; changes++) {
      if (tools.isOver()) break;
      const next = changeDraft(rng, lead);
      const seen = look(quarry, next.draft);
      await takeTurns(++tried);
      if (seen === 'nothing') continue;
      lead = next;
      clue = seen;
    }
    if (clue === 'bug') return conclude(quarry, lead.draft, tried, tools);
  }
  return { kind: 'not found', tried };
}

/** What the two variants make of a draft. */
function look({ faulty, mended, sight }: Quarry, draft: Draft): 'nothing' | 'difference' | 'bug' {
  const scenario = scenarioOf(draft, faulty.profile);
  if (scenario === undefined || !isValid(scenario)) return 'nothing';
  const other = { ...scenario, profile: mended.profile };
  if (!isValid(other)) return 'nothing';
  const [seen, should] = [faulty.run(scenario), mended.run(other)];
  if (sight.shows(seen, should)) return 'bug';
  return isDifferent(seen, should) ? 'difference' : 'nothing';
}

/** Whether both variants take a scenario, and tell the bug by it. */
export function shows(quarry: Quarry, draft: Draft): boolean {
  return look(quarry, draft) === 'bug';
}

function isValid(scenario: Scenario): boolean {
  try {
    validateScenario(scenario);
    return true;
  } catch (error) {
    if (error instanceof InputError) return false;
    throw error;
  }
}

/** Makes a draft that shows the bug small, and looks whether the other engine says the same of it. */
function conclude(quarry: Quarry, draft: Draft, tried: number, tools: Tools): HuntResult {
  const small = shrinkDraft(draft, (candidate) => !tools.isOver() && shows(quarry, candidate));
  const scenario = scenarioOf(small, quarry.mended.profile);
  invariant(scenario !== undefined, 'what shows a bug is a scenario');
  const problem = disagreement(quarry, scenario);
  if (problem !== undefined) return { kind: 'unsound', problem, tried };
  return { kind: 'found', find: findOf(quarry, scenario), tried };
}

let engines: { readonly interp: Machine; readonly smt: ConcreteMachine } | undefined;

/** Where the engines differ about a scenario under one of the variants that are profiles. */
function disagreement({ faulty, mended, second }: Quarry, scenario: Scenario): string | undefined {
  engines ??= { interp: createMachine(), smt: createConcreteMachine() };
  const { interp } = engines;
  const smt = second ?? engines.smt;
  for (const { profile, isProfile } of [faulty, mended]) {
    const run = { ...scenario, profile };
    const difference = isProfile ? compareOutcomes(interp.run(run), smt.run(run)) : undefined;
    if (difference !== undefined) {
      const { at, left, right } = difference;
      return `the engines differ on ${at} under ${profile.name}: interp ${left}, smt ${right}`;
    }
  }
  return undefined;
}

/** Instructions in all programs, slots in all arrays, entries of the schedule. */
export function sizeOf(scenario: Scenario): readonly Measure[] {
  const slots = scenario.maps.reduce((sum, { maxEntries }) => sum + maxEntries, 0);
  return [
    { count: instructionCount(scenario), noun: 'instruction' },
    { count: slots, noun: 'slot' },
    { count: scenario.schedule.length, noun: 'write' },
  ];
}

function findOf(quarry: Quarry, scenario: Scenario): Find {
  const { id, title, sight } = quarry;
  const runs = { faulty: quarry.faulty.run(scenario), mended: quarry.mended.run(scenario) };
  const seen = { faulty: seenText(runs.faulty), mended: seenText(runs.mended) };
  const comments = [
    `${title} (${id})`,
    `shown by: ${sight.words}`,
    ...ROLES.map((role) => `${role}: ${seen[role]} ${option(id, role, quarry[role])}`),
  ];
  const text = formatScenario(expecting(scenario, quarry.mended, runs.mended), { comments });
  const profiles = ROLES.flatMap((role) => {
    const { file } = quarry[role];
    return file === undefined ? [] : [{ name: profileFileName(id, role), text: file }];
  });
  return { size: sizeOf(scenario), seen, text, files: [{ name: `${id}.yaml`, text }, ...profiles] };
}

/** A file names profiles of the catalogue only; others are given on the command line. */
function expecting(scenario: Scenario, mended: Variant, { r0, tailCalls }: Seen): Scenario {
  const { profile } = mended;
  if (profile.from !== undefined) return { ...scenario, profile: profileNamed(profile.from) };
  const expect: Expectation = { ...(r0 === undefined ? {} : { exit: r0 }), tailCalls };
  return { ...scenario, profile, expect };
}

type Role = keyof Find['seen'];
const ROLES: readonly Role[] = ['faulty', 'mended'];

const profileFileName = (id: string, role: Role) => `${id}-${role}.profile.yaml`;

function option(id: string, role: Role, { profile, file, isProfile }: Variant): string {
  if (!isProfile) return 'with a changed meaning that no profile can say';
  return `with --profile ${file === undefined ? profile.name : profileFileName(id, role)}`;
}
