#!/usr/bin/env node
// The benchmark: what one core does, every figure from one run on one machine. Figures are printed, never asserted.

import { cpus } from 'node:os';
import { createEngines, runChunk } from '../fuzz/campaign/chunk.ts';
import { rngOfRun } from '../fuzz/generate/rng.ts';
import { generateScenario } from '../fuzz/generate/scenario.ts';
import { scenarioForKernel } from '../fuzz/kernel/campaign.ts';
import { createMachine } from '../interp/index.ts';
import { createLinuxEngines, diagnose } from '../interp/linux/index.ts';
import { unsupportedReason } from '../interp/linux/scenario-case.ts';
import { createProgram } from '../model/isa/program.ts';
import { assemble } from '../model/isa/text/assemble.ts';
import { createScenario } from '../model/scenario/create.ts';
import type { Scenario } from '../model/scenario/scenario.ts';
import {
  bv,
  bvadd,
  bvult,
  bvVar,
  createConcreteMachine,
  createSolverPool,
  eq,
} from '../smt/index.ts';
import { verifierFigures } from './verifier.ts';

const ITERATIONS = 20_000_000;
const SCENARIOS = 20_000;
const CHECKS = 400;
/** Each figure is the best of so many: the rest is what else the machine did. */
const ROUNDS = 3;

const ALU_LOOP = `
  r1 = ${ITERATIONS}
  r2 = 1
  r3 = 2
  r4 = 3
loop:
  r2 += 7
  r3 ^= r2
  r4 *= r3
  r2 += r4
  w3 += w2
  r4 |= r2
  r1 -= 1
  if r1 != 0 goto loop
  r0 = r2
  exit`;

const MEMORY_LOOP = `
  r1 = ${ITERATIONS}
  r2 = 1
  *(u64 *)(r10 -8) = r2
loop:
  r3 = *(u64 *)(r10 -8)
  r3 += 1
  *(u64 *)(r10 -8) = r3
  r4 = *(u32 *)(r10 -8)
  *(u32 *)(r10 -16) = r4
  r5 = *(u8 *)(r10 -16)
  *(u8 *)(r10 -20) = r5
  r1 -= 1
  if r1 != 0 goto loop
  r0 = r3
  exit`;

function loopScenario(text: string): Scenario {
  const program = createProgram(assemble(text).instructions);
  return createScenario({ programs: [{ name: 'loop', program }], run: { fuel: 2 ** 31 - 1 } });
}

const seconds = () => Number(process.hrtime.bigint()) / 1e9;

/** Units a second, the best of several rounds. */
async function best(units: (round: number) => number | Promise<number>): Promise<number> {
  let rate = 0;
  for (let round = 0; round < ROUNDS; round++) {
    const start = seconds();
    const done = await units(round);
    rate = Math.max(rate, done / (seconds() - start));
  }
  return rate;
}

function show(name: string, value: string, aim = ''): void {
  console.log(`${name.padEnd(52)} ${value.padStart(14)}  ${aim}`);
}
const millions = (rate: number) => `${(rate / 1e6).toFixed(1)} M/s`;
const perSecond = (rate: number) => `${Math.round(rate)} /s`;

/** Small path conditions, as the explorer asks them: two symbolic words, a sum and bounds. */
async function checksASecond(): Promise<number> {
  const pool = createSolverPool({ jobs: 1 });
  const x = bvVar('x', 64);
  const y = bvVar('y', 64);
  const check = (n: number) =>
    pool.check({
      name: `bench-${n}`,
      assertions: [eq(bvadd(x, y), bv(64, BigInt(n))), bvult(x, y), bvult(bv(64, 5n), x)],
    });
  await check(0);
  const rate = await best(async () => {
    for (let n = 1; n <= CHECKS; n++) await check(n);
    return CHECKS;
  });
  await pool.close();
  return rate;
}

const KERNEL_SCENARIOS = 500;
const GUESTS = 2;

/** Load and run on real kernels, two guests side by side; what is not installed is left out, and says so. */
async function kernels(): Promise<void> {
  if (diagnose(process.env).some(({ state }) => state !== 'ready')) {
    console.log('real kernels are left out: run tailproof linux install');
    return;
  }
  const machine = createMachine();
  for (const name of ['linux:6.1', 'linux:6.12']) {
    const linux = createLinuxEngines([name], process.env, { guests: GUESTS });
    const kernel = linux.engines[0]!;
    const scenarios = Array.from({ length: 2 * KERNEL_SCENARIOS }, (_, run) =>
      scenarioForKernel(1, run, kernel),
    )
      .filter((scenario) => unsupportedReason(scenario) === undefined)
      .filter((scenario) => machine.run(scenario).ending.kind === 'exit')
      .slice(0, KERNEL_SCENARIOS);
    const programs = scenarios.reduce((sum, { programs: list }) => sum + list.length, 0);
    const half = scenarios.length >> 1;
    const parts = [scenarios.slice(0, half), scenarios.slice(half)];
    for (const [what, logLevel, aim] of [
      ['without log', 0, 400],
      ['full log', 2, 150],
    ] as const) {
      // The first batch boots the guests.
      await Promise.all(parts.map(([one]) => kernel.run([one!], { logLevel })));
      const rate = await best(async () => {
        await Promise.all(parts.map((part) => kernel.run(part, { logLevel, logMax: 1 << 20 })));
        return scenarios.length;
      });
      show(`${name}, load and run, ${what}, ${GUESTS} guests`, perSecond(rate), `aim ${aim} /s`);
      if (logLevel === 0) {
        show('  programs loaded', perSecond((rate * programs) / scenarios.length));
      }
    }
    await linux.close();
  }
}

async function main(): Promise<void> {
  console.log(`Node ${process.version}, ${cpus()[0]?.model ?? 'unknown processor'}, one core\n`);
  const machine = createMachine();
  const alu = await best(() => machine.run(loopScenario(ALU_LOOP)).steps);
  show('interpreter, ALU loop', millions(alu), 'aim 120 M/s');
  const memory = await best(() => machine.run(loopScenario(MEMORY_LOOP)).steps);
  show('interpreter, load and store loop', millions(memory), 'aim 60 M/s');
  show('  load and store against ALU', (memory / alu).toFixed(2));

  const settings = { seed: 1, solverEvery: 0 };
  const engines = createEngines();
  const campaign = await best(async (round) => {
    await runChunk(settings, engines, round * SCENARIOS, SCENARIOS);
    return SCENARIOS;
  });
  show('campaign, both engines compared, coverage kept', perSecond(campaign), 'aim 6000 /s');

  const drawn: Scenario[] = [];
  const generated = await best((round) => {
    drawn.length = 0;
    for (let run = 0; run < SCENARIOS; run++) {
      drawn.push(generateScenario(rngOfRun(2, round * SCENARIOS + run)));
    }
    return SCENARIOS;
  });
  show(
    '  generating alone',
    perSecond(generated),
    `${(campaign / generated).toFixed(2)} of its time`,
  );
  const smt = createConcreteMachine();
  for (const [name, run] of [
    ['interpreter', (scenario: Scenario) => machine.run(scenario)],
    ['term evaluation', (scenario: Scenario) => smt.run(scenario)],
  ] as const) {
    const rate = await best(() => {
      for (const scenario of drawn) run(scenario);
      return drawn.length;
    });
    show(
      `  ${name} alone, same scenarios`,
      perSecond(rate),
      `${(campaign / rate).toFixed(2)} of its time`,
    );
  }

  verifierFigures(show);
  await kernels();
  const checks = await checksASecond();
  show('Z3, small path conditions, one worker', perSecond(checks));
  show('peak memory of the process', `${Math.round(process.resourceUsage().maxRSS / 1024)} MiB`);
}

await main();
