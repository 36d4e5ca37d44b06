// tailproof verify: what the verifier says of the programs of scenario files.

import { type Command, Option } from 'commander';
import type { LogLevel } from '../../model/verifier/log/log.ts';
import type { Verdict } from '../../model/verifier/verdict.ts';
import { EXIT, type ExitCode, worst } from '../exit-codes.ts';
import { jsonOption } from '../options.ts';
import { jsonDocument } from '../render/json.ts';
import { count } from '../render/text.ts';
import {
  comparisonJson,
  comparisonLines,
  logLines,
  type ProgramVerdict,
  verdictJson,
  verdictLines,
} from '../render/verdict.ts';
import { helpTail, printLines, type Session } from '../session.ts';
import { compareVerdicts, type VerdictComparison } from '../verify-compare.ts';
import { askVerdicts, checkEngineName, MODEL, type VerdictOptions } from '../verify-engines.ts';
import { expandFiles, readVerifiedFile, type VerifiedFile } from '../verify-files.ts';

interface VerifyOptions {
  readonly program?: string;
  readonly engine: string;
  readonly compare?: string;
  readonly log: '0' | '1' | '2';
  readonly unprivileged?: true;
  readonly json?: true;
}

export function registerVerify(program: Command, session: Session): void {
  program
    .command('verify')
    .summary('what the verifier says of programs')
    .description(
      'Says of each program of scenario files whether the verifier accepts it, and where not, why and at which line. Nothing runs. The verifier is the one of the profile that a file names; programs are loaded in the order of the file, so that prog arrays get their owners.',
    )
    .argument('<file...>', 'scenario files, directories of them, or - for standard input')
    .option('--program <name>', 'only this program of the files')
    .addOption(new Option('--engine <name>', 'model, linux:6.12, linux:6.1, …').default(MODEL))
    .addOption(new Option('--compare <name>', 'another engine; says where the two differ'))
    .addOption(
      new Option('--log <level>', 'the verifier’s log: 1 the refused path, 2 every state')
        .choices(['0', '1', '2'])
        .default('0'),
    )
    .option('--unprivileged', 'load without any capability')
    .addOption(jsonOption())
    .addHelpText(
      'after',
      helpTail(
        [
          'tailproof verify examples/flow-parser.yaml',
          'tailproof verify --log 2 --program entry examples/empty-slots.yaml',
          'tailproof verify --compare linux:6.12 examples',
        ],
        {
          0: 'all are accepted; with --compare, verdicts are the same',
          1: 'one is rejected; with --compare, verdicts differ',
          2: 'wrong input',
          3: 'one is not decided: it uses what is not modelled',
        },
      ),
    )
    .action((files: string[], options: VerifyOptions) => verify(files, options, session));
}

async function verify(
  names: readonly string[],
  options: VerifyOptions,
  session: Session,
): Promise<void> {
  const { engine, compare, json, unprivileged } = options;
  for (const name of [engine, compare]) if (name !== undefined) checkEngineName(name);
  const files: VerifiedFile[] = [];
  for (const name of expandFiles(names)) {
    files.push(await readVerifiedFile(name, options.program, session.terminal));
  }
  const asking = { logLevel: Number(options.log) as LogLevel, unprivileged: unprivileged === true };
  if (compare !== undefined) await showBoth(files, [engine, compare], asking, json, session);
  else await showVerdicts(files, engine, asking, json, session);
}

async function showVerdicts(
  files: readonly VerifiedFile[],
  engine: string,
  asking: VerdictOptions,
  json: true | undefined,
  session: Session,
): Promise<void> {
  const { terminal, colors } = session;
  const found = await verdictsIn(files, engine, asking, session);
  if (json) {
    const programs = found.map((one) => verdictJson(one, asking.logLevel > 0));
    terminal.out(jsonDocument({ engine, ...asking, programs }));
  } else {
    for (const one of found) {
      const log = asking.logLevel > 0 ? logLines(one) : [];
      printLines(session, [...verdictLines(one, colors), ...log, '']);
    }
    printLines(session, [tally(found, ({ verdict }) => VERDICT_WORDS[verdict.kind])]);
  }
  session.finish(worst(found.map(({ verdict }) => VERDICT_EXIT[verdict.kind])));
}

const VERDICT_WORDS: Readonly<Record<Verdict['kind'], string>> = {
  accepted: 'accepted',
  rejected: 'rejected',
  unsupported: 'not decided',
};
const VERDICT_EXIT: Readonly<Record<Verdict['kind'], ExitCode>> = {
  accepted: EXIT.ok,
  rejected: EXIT.mismatch,
  unsupported: EXIT.inconclusive,
};

async function verdictsIn(
  files: readonly VerifiedFile[],
  engine: string,
  asking: VerdictOptions,
  { terminal }: Session,
): Promise<ProgramVerdict[]> {
  const scenarios = files.map(({ scenario }) => scenario);
  const verdicts = await askVerdicts(engine, scenarios, asking, terminal);
  return files.flatMap(({ file, scenario, lineOf }, i) =>
    scenario.programs.map(({ name }, p) => {
      const verdict = verdicts[i]![p]!;
      const pc = verdict.kind === 'accepted' ? undefined : verdict.pc;
      const at = pc === undefined ? undefined : lineOf(name, pc);
      return { file, program: name, engine, verdict, ...(at === undefined ? {} : { at }) };
    }),
  );
}

/** A program with the verdicts of two engines. */
interface Pair {
  readonly both: readonly [ProgramVerdict, ProgramVerdict];
  readonly comparison: VerdictComparison;
}

async function showBoth(
  files: readonly VerifiedFile[],
  [first, second]: readonly [string, string],
  asking: VerdictOptions,
  json: true | undefined,
  session: Session,
): Promise<void> {
  const { terminal, colors } = session;
  // States are compared in any case.
  const full = { ...asking, logLevel: 2 } as const;
  const ours = await verdictsIn(files, first, { ...full, like: second }, session);
  const theirs = await verdictsIn(files, second, { ...full, like: first }, session);
  const pairs = ours.map((one, i): Pair => {
    const other = theirs[i]!;
    return { both: [one, other], comparison: compareVerdicts(one.verdict, other.verdict) };
  });
  if (json) {
    const programs = pairs.map(({ both, comparison }) =>
      comparisonJson(both, comparison, asking.logLevel > 0),
    );
    terminal.out(jsonDocument({ engines: [first, second], ...asking, programs }));
  } else {
    for (const { both, comparison } of pairs) {
      const logs = asking.logLevel > 0 ? both.flatMap((one) => [one.engine, ...logLines(one)]) : [];
      printLines(session, [...comparisonLines(both, comparison, colors), ...logs, '']);
    }
    printLines(session, [tally(pairs, ({ comparison }) => COMPARISON_WORDS[comparison.verdicts])]);
  }
  session.finish(worst(pairs.map(({ comparison }) => COMPARISON_EXIT[comparison.verdicts])));
}

const COMPARISON_WORDS: Readonly<Record<VerdictComparison['verdicts'], string>> = {
  same: 'with the same verdict',
  differ: 'with verdicts that differ',
  undecided: 'not compared',
};
const COMPARISON_EXIT: Readonly<Record<VerdictComparison['verdicts'], ExitCode>> = {
  same: EXIT.ok,
  differ: EXIT.mismatch,
  undecided: EXIT.inconclusive,
};

/** `4 programs: 3 accepted, 1 rejected`. */
function tally<T>(all: readonly T[], words: (one: T) => string): string {
  const counts = new Map<string, number>();
  for (const one of all) counts.set(words(one), (counts.get(words(one)) ?? 0) + 1);
  const parts = [...counts].map(([word, number]) => `${number} ${word}`);
  return `${count(all.length, 'program')}: ${parts.join(', ')}`;
}
