// tailproof distinguish: the smallest scenario on which two profiles differ.

import type { Command } from 'commander';
import type { Distinction, Observation, Pair } from '../../fuzz/distinguish/distinguish.ts';
import { InputError } from '../../model/errors.ts';
import { listProfiles } from '../../model/profiles/catalogue.ts';
import type { Profile } from '../../model/profiles/profile.ts';
import { formatScenario } from '../../model/scenario/write.ts';
import { loadEngines } from '../engines.ts';
import { comparisonJson, comparisonLines, compareProfiles } from '../distinguish-scenario.ts';
import { EXIT } from '../exit-codes.ts';
import { interruptible } from '../interruptible.ts';
import { countOption, jsonOption, runOption } from '../options.ts';
import { findProfile } from '../profiles.ts';
import { jsonDocument } from '../render/json.ts';
import { createProgress } from '../render/progress.ts';
import { table } from '../render/table.ts';
import { count } from '../render/text.ts';
import { runOn } from '../run-scenario.ts';
import { chooseRuns, readScenarios } from '../scenarios.ts';
import { helpTail, printLines, type Session } from '../session.ts';
import type { Terminal } from '../terminal.ts';

interface DistinguishOptions {
  readonly all?: true;
  readonly scenario?: string;
  readonly run?: string;
  readonly instructions: number;
  readonly json?: true;
}

const INSTRUCTIONS = 14;
/** The family grows fast: more than this is hours. */
const INSTRUCTIONS_MAX = 20;

export function registerDistinguish(program: Command, session: Session): void {
  program
    .command('distinguish')
    .summary('the smallest scenario on which two profiles differ')
    .description(
      'Goes through a family of small tail-calling scenarios, smallest first (instructions, then slots, then writes), until the profiles give different exits or numbers of tail calls, or one refuses what the other runs. The scenario found is replayed on both engines. When there is none, says up to which size. With --scenario nothing is searched: the file is run under both profiles.',
    )
    .argument('[left]', 'a profile (see: tailproof list profiles), or a profile file (.yaml)')
    .argument('[right]', 'another one')
    .option('--all', 'every pair of profiles, as a matrix')
    .option(
      '--scenario <file>',
      'compare the profiles on this scenario file, or - for standard input',
    )
    .addOption(runOption())
    .addOption(
      countOption('--instructions <n>', 'the bound: in all programs', 2, INSTRUCTIONS_MAX).default(
        INSTRUCTIONS,
      ),
    )
    .addOption(jsonOption())
    .addHelpText(
      'after',
      helpTail(
        [
          'tailproof distinguish linux-6.1/x86_64 linux-6.12/x86_64',
          'tailproof distinguish linux-6.1/x86_64 linux-6.12/x86_64 --scenario examples/empty-slots.yaml',
          'tailproof distinguish --all',
        ],
        {
          0: 'decided',
          1: 'the engines disagree on what was found or run',
          2: 'wrong input',
          130: 'interrupted',
        },
      ),
    )
    .action((left: string | undefined, right: string | undefined, options: DistinguishOptions) =>
      distinguishCommand(left, right, options, session),
    );
}

async function profilesOf(
  left: string | undefined,
  right: string | undefined,
  all: true | undefined,
  terminal: Terminal,
): Promise<readonly Profile[]> {
  if (all && left === undefined) return listProfiles();
  if (all || left === undefined || right === undefined) {
    throw new InputError('distinguish takes two profiles, or --all');
  }
  return [await findProfile(left, terminal), await findProfile(right, terminal)];
}

async function distinguishCommand(
  left: string | undefined,
  right: string | undefined,
  options: DistinguishOptions,
  session: Session,
): Promise<void> {
  const profiles = await profilesOf(left, right, options.all, session.terminal);
  if (options.scenario !== undefined) {
    if (options.all)
      throw new InputError('--scenario takes two profiles; it does not go with --all');
    await compareOn(options.scenario, profiles as [Profile, Profile], options, session);
    return;
  }
  if (options.run !== undefined) throw new InputError('--run names a run of --scenario');
  const { distinguish } = await import('../../fuzz/distinguish/distinguish.ts');
  const progress = createProgress(session.terminal);
  let interrupted = false;
  const pairs = await interruptible(session.terminal, async (signal) => {
    const decided = await distinguish(profiles, {
      instructionsMax: options.instructions,
      signal,
      onProgress: ({ instructions, open }) =>
        progress.update(() => `${instructions} instructions, ${count(open, 'pair')} open`),
    });
    interrupted = signal.aborted;
    return decided;
  });
  progress.clear();
  const disagreements = await replayAll(pairs);
  if (options.json) session.terminal.out(jsonDocument(pairs.map(pairJson)));
  else printLines(session, options.all ? matrixLines(pairs) : await pairLines(pairs[0]!, options));
  printLines(session, disagreements);
  session.finish(
    interrupted ? EXIT.interrupted : disagreements.length > 0 ? EXIT.mismatch : EXIT.ok,
  );
}

/** The runs of a file under both profiles. */
async function compareOn(
  file: string,
  profiles: readonly [Profile, Profile],
  { run, json }: DistinguishOptions,
  session: Session,
): Promise<void> {
  const scenarios = chooseRuns(await readScenarios(file, session.terminal), run, file);
  const comparisons = await compareProfiles(scenarios, ...profiles);
  const [left, right] = profiles.map(({ name }) => name);
  if (json) {
    const runs = comparisons.map(comparisonJson);
    session.terminal.out(jsonDocument({ file, left, right, runs }));
  } else {
    const { colors } = session;
    for (const each of comparisons) {
      printLines(session, [...comparisonLines(each, profiles, colors), '']);
    }
    const differ = comparisons.filter(({ verdict }) => verdict === 'differ').length;
    printLines(session, [`${differ} of ${count(comparisons.length, 'run')} told apart`]);
  }
  const disagreements = comparisons.flatMap((each) => each.disagreements);
  if (!json) printLines(session, disagreements);
  session.finish(disagreements.length > 0 ? EXIT.mismatch : EXIT.ok);
}

/** What was found counts only when both engines say the same about it. */
async function replayAll(pairs: readonly Pair[]): Promise<string[]> {
  const engines = await loadEngines('both');
  return pairs.flatMap(({ left, right, result }) => {
    if (result.kind !== 'differ') return [];
    const { scenario, left: seenLeft, right: seenRight } = result.distinction;
    const sides = [
      ...(seenLeft === 'refused' ? [] : [left]),
      ...(seenRight === 'refused' ? [] : [right]),
    ];
    return sides.flatMap((profile) => {
      const { difference } = runOn(engines, {
        name: profile.name,
        scenario: { ...scenario, profile },
      });
      return difference === undefined
        ? []
        : [`the engines disagree under ${profile.name}: ${difference.at}`];
    });
  });
}

function observationText(observation: Observation): string {
  if (observation === 'refused') return 'refuses it: local calls with a tail call';
  return `${observation.ending}, ${count(observation.tailCalls, 'tail call')} taken`;
}

function sizeText({ instructions, slots, writes }: Distinction): string {
  return `${count(instructions, 'instruction')}, ${count(slots, 'slot')}, ${count(writes, 'write')}`;
}

async function pairLines(
  { left, right, result }: Pair,
  options: DistinguishOptions,
): Promise<string[]> {
  if (result.kind === 'same knobs') {
    return [
      `${left.name} and ${right.name} have the same knobs: every scenario gives the same on both.`,
    ];
  }
  if (result.kind === 'none found') {
    const { FAMILY } = await import('../../fuzz/distinguish/shapes.ts');
    return [
      `No difference between ${left.name} and ${right.name} up to ${options.instructions} instructions:`,
      `${result.candidates} scenarios, all there are of ${FAMILY}.`,
    ];
  }
  const { distinction } = result;
  return [
    `${left.name} and ${right.name} differ: ${sizeText(distinction)}.`,
    ...table(
      [
        [left.name, observationText(distinction.left)],
        [right.name, observationText(distinction.right)],
      ],
      { indent: '  ' },
    ),
    '',
    formatScenario(distinction.scenario).trimEnd(),
  ];
}

/** A line a pair: a matrix of names this long fits no terminal. */
function matrixLines(pairs: readonly Pair[]): string[] {
  const told = (pair: Pair): string[] => {
    const { left, right, result } = pair;
    if (result.kind !== 'differ') return [left.name, right.name, result.kind, '', ''];
    const { distinction } = result;
    const short = (seen: Observation) =>
      seen === 'refused' ? seen : `${seen.ending}, ${seen.tailCalls}`;
    return [
      left.name,
      right.name,
      sizeText(distinction),
      short(distinction.left),
      short(distinction.right),
    ];
  };
  const differ = pairs.filter(({ result }) => result.kind === 'differ').length;
  return [
    ...table([['left', 'right', 'told apart by', 'left gives', 'right gives'], ...pairs.map(told)]),
    '',
    `${differ} of ${count(pairs.length, 'pair')} told apart`,
  ];
}

function pairJson({ left, right, result }: Pair) {
  if (result.kind !== 'differ') return { left: left.name, right: right.name, ...result };
  const { scenario, left: seenLeft, right: seenRight, ...size } = result.distinction;
  return {
    left: left.name,
    right: right.name,
    kind: result.kind,
    ...size,
    seen: { left: seenLeft, right: seenRight },
    scenario: formatScenario(scenario),
  };
}
