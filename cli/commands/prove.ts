// tailproof prove: decides theorems about the semantics, and whether each of them says something.

import type { Command } from 'commander';
import type { Variant } from '../../model/domain/domain.ts';
import { DEFAULT_DOMAIN, type DomainVersion, domainVersion } from '../../model/domain/rules.ts';
import { DEFAULT_PROFILE } from '../../model/profiles/catalogue.ts';
import type { Profile } from '../../model/profiles/profile.ts';
import type {
  DomainSubject,
  ProofEvent,
  ProofReport,
  Theorem,
  TheoremReport,
} from '../../smt/index.ts';
import { loadEngines } from '../engines.ts';
import { EXIT, type ExitCode, worst } from '../exit-codes.ts';
import { interruptible } from '../interruptible.ts';
import { loadVariant } from '../operator-file.ts';
import { countOption, jobsOption, jsonOption } from '../options.ts';
import { findProfile } from '../profiles.ts';
import { openProofSolvers, type ProofSolvers, type SolverOptions } from '../proof-solvers.ts';
import { jsonDocument, jsonLine } from '../render/json.ts';
import { createProofProgress } from '../render/proof-progress.ts';
import {
  conclusion,
  confirmationLines,
  type Listed,
  listingLines,
  type OperatorProgram,
  operatorProgramLines,
  replayJson,
  reportLines,
  theoremJson,
  solversJson,
  theoremListing,
} from '../render/proofs.ts';
import { hex } from '../render/text.ts';
import { type RunResult, runOn, VERDICT_EXIT } from '../run-scenario.ts';
import { helpTail, printLines, type Session } from '../session.ts';

interface ProveOptions extends SolverOptions {
  readonly list?: true;
  readonly json?: true;
  readonly profile: string;
  readonly rlimit?: number;
  /** Seconds. */
  readonly timeout: number;
  readonly faults: boolean;
  readonly domain: DomainVersion;
  readonly operator?: string;
}

/** Seconds. */
const TIMEOUT = 60;
const TIMEOUT_MAX = 3600;

export function registerProve(program: Command, session: Session): void {
  program
    .command('prove')
    .summary('prove or refute theorems about tail calls')
    .description(
      'Proves theorems about every program, every array content and every schedule, or refutes those that are false on purpose. Each is checked to say something: its premises can hold together, it fails without any one of them, and each fault that is planted in the semantics is seen.',
    )
    .argument('[pattern...]', 'names of theorems, with * for any text (default: all; see --list)')
    .option('--list', 'only say which theorems there are')
    .option('--profile <profile>', 'a name, or a profile file (.yaml)', DEFAULT_PROFILE)
    .addOption(jobsOption('solvers'))
    .addOption(
      countOption('--rlimit <n>', "the solver's own limit for one goal (default: 50000000)"),
    )
    .addOption(countOption('--timeout <seconds>', 'for one goal', 1, TIMEOUT_MAX).default(TIMEOUT))
    .option('--dump-smt <dir>', 'write every goal as an SMT-LIB 2 script')
    .option('--no-faults', 'plant no faults')
    .option('--domain <version>', "of the verifier's scalar domain", domainVersion, DEFAULT_DOMAIN)
    .option('--operator <file>', 'a module of yours with operators in place of those of the domain')
    .option('--cache <dir>', 'where answers of the solver are kept (default: in ~/.cache)')
    .option('--no-cache', 'ask the solver for everything, and keep nothing')
    .option(
      '--confirm <solver>',
      'decide every goal again: cvc5, z3, bitwuzla, or cadical with certificates that are checked',
    )
    .option('--certificates <dir>', 'with --confirm cadical: leave formulas and certificates here')
    .addOption(jsonOption('a JSON document a line: one event for each theorem, and a report'))
    .addHelpText(
      'after',
      helpTail(
        [
          "tailproof prove 'tail-call/*'",
          'tailproof prove --list',
          "tailproof prove 'tail-call/count' --confirm cvc5",
        ],
        {
          0: 'every theorem is as stated',
          1: 'one is not',
          2: 'wrong input, or a pattern that names no theorem',
          3: 'inconclusive: something is unknown or not confirmed, or does not apply to the profile',
        },
      ),
    )
    .action((patterns: string[], options: ProveOptions) => prove(patterns, options, session));
}

async function prove(
  patterns: readonly string[],
  options: ProveOptions,
  session: Session,
): Promise<void> {
  const { chooseTheorems } = await import('../../smt/index.ts');
  const theorems = chooseTheorems(patterns);
  const profile = await findProfile(options.profile, session.terminal);
  if (options.list) await list(theorems, profile, options, session);
  else await decide(theorems, profile, options, session);
}

async function list(
  theorems: readonly Theorem[],
  profile: Profile,
  { json }: ProveOptions,
  session: Session,
): Promise<void> {
  const { defaultSubject, expectedOf } = await import('../../smt/index.ts');
  const subject = { ...defaultSubject(), profile };
  const listed = theorems.map(
    (theorem): Listed => ({
      theorem,
      expected: expectedOf(theorem, subject),
      decidedBy: typeof theorem.expected === 'function' ? profile.name : undefined,
    }),
  );
  if (json) session.terminal.out(jsonDocument(listed.map(theoremListing)));
  else printLines(session, listingLines(listed));
  session.finish(EXIT.ok);
}

async function decide(
  theorems: readonly Theorem[],
  profile: Profile,
  options: ProveOptions,
  session: Session,
): Promise<void> {
  const { terminal, colors } = session;
  const solvers = await openProofSolvers(options, terminal);
  const variant = options.operator === undefined ? undefined : await loadVariant(options.operator);
  const report = await runProver(theorems, { profile, variant }, options, solvers, session);
  const replays = await replayAll(report);
  const shown = await programOf(report, variant, options.domain);
  const code = exitCode(report, replays, solvers);
  if (options.json) {
    const results = report.theorems.map(({ name, result }) => ({ name, result }));
    const { goals } = report;
    const replayed = replays.map(replayJson);
    const solved = solversJson(solvers);
    terminal.out(
      jsonLine({
        event: 'report',
        profile: profile.name,
        goals,
        ...solved,
        ...(shown === undefined ? {} : { operator: shown }),
        results,
        replayed,
        code,
      }),
    );
  } else {
    printLines(session, [
      ...reportLines(report, replays, colors),
      ...operatorProgramLines(shown),
      '',
      conclusion(report),
      ...confirmationLines(solvers),
    ]);
  }
  session.finish(code);
}

/** What the theorems are about. */
interface About {
  readonly profile: Profile;
  /** Operators of the user's. */
  readonly variant: Variant | undefined;
}

async function runProver(
  theorems: readonly Theorem[],
  { profile, variant }: About,
  { json, rlimit, timeout, faults, domain }: ProveOptions,
  { pool }: ProofSolvers,
  { terminal }: Session,
): Promise<ProofReport> {
  const {
    DEFAULT_BUDGET,
    defaultSubject,
    prove: proveTheorems,
  } = await import('../../smt/index.ts');
  const subject: DomainSubject = {
    ...defaultSubject(),
    profile,
    domain: { version: domain, ...(variant === undefined ? {} : { variant }) },
  };
  const progress = createProofProgress(
    terminal,
    theorems.map(({ name }) => name),
  );
  const onEvent = (event: ProofEvent): void => {
    progress.see(event);
    if (event.type !== 'theorem' || !json) return;
    progress.clear();
    terminal.out(jsonLine({ event: 'theorem', ...theoremJson(event.report), ms: event.ms }));
  };
  try {
    return await interruptible(terminal, (signal) =>
      proveTheorems(theorems, {
        pool,
        budget: { rlimit: rlimit ?? DEFAULT_BUDGET.rlimit, timeoutMs: timeout * 1000 },
        subject,
        checks: { faults },
        signal,
        onEvent,
        now: () => terminal.now(),
      }),
    );
  } finally {
    progress.clear();
    await pool.close();
  }
}

/** A program that shows what a refuted operator of the user's does; undefined where none was found. */
async function programOf(
  { theorems }: ProofReport,
  variant: Variant | undefined,
  version: DomainVersion,
): Promise<OperatorProgram | undefined> {
  const isRefuted = theorems.some(({ verdict }) => verdict.verdict === 'refuted');
  if (variant === undefined || !isRefuted) return undefined;
  const { findProgram, MOVES } = await import('../../fuzz/museum/scalar/index.ts');
  const finding = findProgram({ version, variant, moves: MOVES });
  if (finding === undefined) return { found: false };
  const { program, scenario, r0 } = finding;
  const input = Buffer.from(scenario.run.context).readBigUInt64LE();
  return { found: true, program, input: hex(input), r0: hex(r0) };
}

/** Runs the scenarios that show what is refuted. */
async function replayAll({ theorems }: ProofReport): Promise<readonly RunResult[]> {
  const shown = theorems.flatMap(({ name, replay }) =>
    replay === undefined ? [] : [{ name, scenario: replay }],
  );
  const engines = shown.length === 0 ? [] : await loadEngines('both');
  return shown.map((named) => runOn(engines, named));
}

const RESULT_EXIT: Readonly<Record<TheoremReport['result'], ExitCode>> = {
  'as-stated': EXIT.ok,
  'not-as-stated': EXIT.mismatch,
  unknown: EXIT.inconclusive,
  skipped: EXIT.inconclusive,
};

function exitCode(
  { theorems, aborted }: ProofReport,
  replays: readonly RunResult[],
  { confirmations }: ProofSolvers,
): ExitCode {
  if (aborted) return EXIT.interrupted;
  return worst([
    confirmations.every(({ confirmed }) => confirmed) ? EXIT.ok : EXIT.inconclusive,
    ...theorems.map(({ result }) => RESULT_EXIT[result]),
    ...replays.map(({ verdict }) => VERDICT_EXIT[verdict]),
  ]);
}
