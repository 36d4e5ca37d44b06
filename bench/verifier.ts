#!/usr/bin/env node
// What verifying costs: instructions a second, the most that one program can take, the examples. Processor time of all
// threads, as other work of the machine would count otherwise. Each subject has a process of its own, so that the first
// round shows what a program costs that is verified alone. `node dist/bench/verifier.js` prints these figures only.

import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { uncheckedProgram } from '../model/isa/program.ts';
import { assemble } from '../model/isa/text/assemble.ts';
import { parseScenarioFile } from '../model/scenario/read.ts';
import { loadPrograms } from '../model/verifier/load.ts';
import type { Subject } from '../model/verifier/subject.ts';
import { verify } from '../model/verifier/verify.ts';

const STRAIGHT = 100_000;
const BRANCHY = 20_000;
const ROUNDS = 8;
/** Stores of a round to each slot: enough for the limit of instructions to come before that of 8192 waiting states. */
const STORES_A_ROUND = 2;
const SLOTS = 64;

/** Moves, sums and the stack. */
function straight(): string {
  const body = `r2 = 5
    r2 += 7
    r3 = r2
    *(u64 *)(r10 - 8) = r3
    r4 = *(u64 *)(r10 - 8)
    r4 &= 255
    r5 = r4
    r5 <<= 3
    r3 ^= r5\n`;
  return `${body.repeat(STRAIGHT / 9)} r0 = 0\n exit`;
}

/** Every sixth instruction goes both ways, which meet again at once. */
function branchy(): string {
  const body = `r2 = r6
    r2 &= 255
    r2 += 3
    r3 = r2
    if r3 > 100 goto +1
    r2 += 1\n`;
  return `r6 = *(u32 *)(r1 + 12)\n ${body.repeat(BRANCHY / 6)} r0 = 0\n exit`;
}

const COUNTER = `r1 = 0
  loop:
    r1 += 1
    if r1 != 2000000 goto loop
    r0 = 0
    exit`;

/** A loop that keeps a whole stack of numbers, and leaves a state behind in each round. */
function wholeStack(): string {
  const stores = Array.from(
    { length: STORES_A_ROUND * SLOTS },
    (_, i) => `*(u64 *)(r10 - ${8 * ((i % SLOTS) + 1)}) = r7\n`,
  );
  return `r9 = r1
    r7 = 0
  loop:
    r7 += 1
    r2 = *(u32 *)(r9 + 12)
    if r2 > 7 goto +1
    r3 = r2
    ${stores.join('')}
    if r7 != 2000000 goto loop
    r0 = 0
    exit`;
}

function subjectOf(text: string): Subject {
  const program = uncheckedProgram(assemble(text).instructions);
  return { program, type: 'xdp', maps: [], privileged: true, jited: true, btf: true };
}

/** Milliseconds of processor time. */
function milliseconds(run: () => void): number {
  const start = process.cpuUsage();
  run();
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1000;
}

/** What a subject's process has measured. */
interface Measured {
  /** Instructions that were gone through; of the examples, programs. */
  readonly processed: number;
  /** Of the first round, and of the best, in milliseconds; of the examples, medians. */
  readonly first: number;
  readonly best: number;
  /** MiB */
  readonly peak: number;
}

const peakOf = () => Math.round(process.resourceUsage().maxRSS / 1024);

function measure(text: string, rounds: number): Measured {
  const subject = subjectOf(text);
  let processed = 0;
  const times = Array.from({ length: rounds }, () =>
    milliseconds(() => {
      const verdict = verify(subject);
      if (verdict.kind !== 'unsupported') processed = verdict.statistics.processed;
    }),
  );
  return { processed, first: times[0]!, best: Math.min(...times), peak: peakOf() };
}

const median = (times: number[]) => times.sort((a, b) => a - b)[times.length >> 1]!;

/** Each program of the examples by itself, as `tailproof verify` has them verified. */
function measureExamples(): Measured {
  const directory = join(import.meta.dirname, '..', '..', 'examples');
  const files = readdirSync(directory, { recursive: true, encoding: 'utf8' });
  const scenarios = files
    .filter((file) => file.endsWith('.yaml'))
    .map((file) => {
      const text = readFileSync(join(directory, file), 'utf8');
      return parseScenarioFile(text, { file, programs: 'unchecked' }).scenarios[0]!.scenario;
    });
  const round = () => {
    const times: number[] = [];
    for (const scenario of scenarios) {
      const verdicts = loadPrograms(scenario);
      for (const _ of scenario.programs) times.push(milliseconds(() => verdicts.next()));
    }
    return times;
  };
  const rounds = Array.from({ length: ROUNDS }, round);
  const best = rounds[0]!.map((_, i) => Math.min(...rounds.map((times) => times[i]!)));
  const [first] = rounds;
  return { processed: best.length, first: median(first!), best: median(best), peak: peakOf() };
}

const MEASUREMENTS = {
  straight: () => measure(straight(), ROUNDS),
  branchy: () => measure(branchy(), ROUNDS),
  counter: () => measure(COUNTER, 1),
  stack: () => measure(wholeStack(), 1),
  examples: measureExamples,
} as const;

type Show = (name: string, value: string, aim?: string) => void;

/** Shows all figures. */
export function verifierFigures(show: Show): void {
  const measured = (name: keyof typeof MEASUREMENTS) =>
    JSON.parse(execFileSync(process.execPath, [import.meta.filename, name]).toString()) as Measured;
  const rate = (processed: number, time: number) => `${(processed / time / 1000).toFixed(2)} M/s`;
  const showRate = (what: string, { processed, first, best }: Measured, aim: string) => {
    show(`verifier, ${what}`, rate(processed, best), aim);
    show('  the first time', rate(processed, first));
  };
  const [plain, branching] = [measured('straight'), measured('branchy')];
  showRate('straight-line code', plain, 'aim 1 M/s');
  showRate('a branch in six instructions', branching, 'aim 0.3 M/s');
  const slowdown = plain.processed / plain.best / (branching.processed / branching.best);
  show('  straight-line code against it', slowdown.toFixed(1));
  for (const [name, what] of [
    ['counter', 'a counting loop'],
    ['stack', 'a loop with a whole stack'],
  ] as const) {
    const { processed, first, peak } = measured(name);
    show(`verifier, ${what}, ${processed} insns`, `${(first / 1000).toFixed(1)} s`, 'aim 10 s');
    show('  peak memory', `${peak} MiB`, 'aim 1024 MiB');
  }
  const { processed, first, best } = measured('examples');
  show(
    `verifier, ${processed} programs of examples/, median`,
    `${best.toFixed(2)} ms`,
    'aim 20 ms',
  );
  show('  the first time', `${first.toFixed(2)} ms`);
}

if (process.argv[1] === import.meta.filename) {
  const name = process.argv[2] as keyof typeof MEASUREMENTS | undefined;
  if (name === undefined) {
    verifierFigures((what, value, aim = '') =>
      console.log(`${what.padEnd(52)} ${value.padStart(14)}  ${aim}`),
    );
  } else console.log(JSON.stringify(MEASUREMENTS[name]()));
}
