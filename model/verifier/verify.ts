// Verifies one program: what `bpf(BPF_PROG_LOAD)` says of it.

import { PARTS } from './default-parts.ts';
import { directTailCalls } from './helpers/call-site.ts';
import { Log, type LogLevel } from './log/log.ts';
import type { Parts } from './parts.ts';
import { type Limits, VERIFIER_RULES, type VerifierRules, type VerifierVersion } from './rules.ts';
import { type ScalarDomain, scalarDomain } from './scalars.ts';
import type { Subject } from './subject.ts';
import type { Statistics, Verdict } from './verdict.ts';
import { NotModelled, Rejection, Verification } from './verification.ts';

export interface VerifyOptions {
  /** A version's, or rules of one's own. */
  readonly rules?: VerifierVersion | VerifierRules;
  /** In place of the rules' limits. */
  readonly limits?: Partial<Limits>;
  /** Functions that replace the verifier's: a historical bug, a planted fault. */
  readonly parts?: Parts;
  /** In place of the domain that the rules name. */
  readonly domain?: ScalarDomain;
  readonly logLevel?: LogLevel;
  /** Keeps a state wherever states are compared (BPF_F_TEST_STATE_FREQ). */
  readonly keepsAllStates?: boolean;
  /** Called before each instruction that is gone through, with the state before it. */
  readonly observer?: (v: Verification) => void;
}

export const DEFAULT_VERIFIER: VerifierVersion = 'linux-6.12';

/**
 * Verifies a program as Linux 6.12 does, unless options say otherwise. Takes any program, also one that no engine
 * would run. @throws InternalError for a bug of ours only
 */
export function verify(subject: Subject, options: VerifyOptions = {}): Verdict {
  return runVerification(createVerification(subject, options));
}

/** A verification that has not begun. */
export function createVerification(subject: Subject, options: VerifyOptions = {}): Verification {
  const rules = rulesOf(options);
  const log = new Log(options.logLevel ?? 0, subject.maps);
  const domain = options.domain ?? scalarDomain(rules.domain);
  const v = new Verification(subject, rules, domain, options.parts ?? PARTS, log);
  v.keepsAllStates = subject.privileged && options.keepsAllStates === true;
  v.observer = options.observer;
  return v;
}

function rulesOf({ rules = DEFAULT_VERIFIER, limits }: VerifyOptions): VerifierRules {
  const chosen = typeof rules === 'string' ? VERIFIER_RULES[rules] : rules;
  return limits === undefined ? chosen : { ...chosen, limits: { ...chosen.limits, ...limits } };
}

/** Goes through a verification that has not begun. */
export function runVerification(v: Verification): Verdict {
  const problem = problemOf(v);
  if (problem instanceof NotModelled) {
    const { reason, pc } = problem;
    return { kind: 'unsupported', reason, ...(pc === undefined ? {} : { pc }) };
  }
  const statistics = statisticsOf(v);
  if (v.hasBegun) v.log.finish(statistics, v.rules.limits.processed, problem === undefined);
  const log = v.log.text;
  if (problem === undefined) {
    return { kind: 'accepted', statistics, log, tailCalls: directTailCalls(v) };
  }
  const { errno, message, pc } = problem;
  return {
    kind: 'rejected',
    errno,
    message,
    ...(pc === undefined ? {} : { pc }),
    statistics,
    log,
  };
}

function problemOf(v: Verification): Rejection | NotModelled | undefined {
  try {
    v.parts.flow.checkSize(v);
    v.hasBegun = true;
    v.flow = v.parts.flow.facts(v);
    v.parts.explore.explore(v);
    v.parts.flow.checkStackDepth(v);
    return undefined;
  } catch (problem) {
    if (problem instanceof Rejection || problem instanceof NotModelled) return problem;
    throw problem;
  }
}

function statisticsOf(v: Verification): Statistics {
  const { exploration, processed, stackDepths, keptStackDepths, flow } = v;
  const functions = flow?.subprograms.length ?? 1;
  return {
    processed,
    maxStatesPerInstruction: exploration.maxStatesPerInstruction,
    totalStates: exploration.totalStates,
    peakStates: exploration.peakStates,
    markRead: exploration.markRead,
    stackDepths:
      keptStackDepths ?? Array.from({ length: functions }, (_, index) => stackDepths[index] ?? 0),
  };
}
