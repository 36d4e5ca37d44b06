// Every planted fault must be killed by its named check. `npm run mutants`; not part of `npm test`.

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCampaign } from '../../fuzz/campaign/campaign.ts';
import { createEngines, scenarioOfRun } from '../../fuzz/campaign/chunk.ts';
import { compareOutcomes } from '../../fuzz/compare.ts';
import { FAULTS } from '../../fuzz/faults/faults.ts';
import { drawProfiles } from '../../fuzz/generate/profiles.ts';
import { slotsFromBytes } from '../../model/isa/instruction.ts';
import { disagreements, nextImmDisagreements } from '../model/isa/decode-golden.ts';
import { LLVM_LISTING } from '../model/isa/text/llvm-listing.ts';
import { complaints, loadVectors, scenarioOf } from '../vectors/vectors.ts';
import { DECODER_FAULTS, type DecoderFault } from './decoder-faults.ts';

const SEED = 7;
const RUNS_MAX = 20_000;
/** For faults that no profile of the catalogue shows. */
const DRAWN_PROFILES = drawProfiles(SEED, 100);
/** Instructions that may be left in the minimised scenario of a fault that one instruction shows. */
const INSTRUCTIONS_MAX = 8;

const vectors = loadVectors().map((vector) => ({ vector, scenario: scenarioOf(vector) }));
const report: string[] = [];
afterAll(() => {
  process.stdout.write(`\n${report.join('\n')}\n${report.length} faults, all of them killed\n`);
});

const negative = Uint8Array.of(0x07, 0x43, 0xfe, 0xff, 0xfd, 0xff, 0xff, 0xff);

/** Which golden check notices a decoder fault, if any. */
function goldenCheck({ opcodes, decode, readSlots }: DecoderFault): string | undefined {
  if (opcodes.some((opcode) => disagreements(opcode, decode).length > 0)) return 'opcode list';
  if (nextImmDisagreements(decode).length > 0) return 'opcode list';
  const same = (bytes: Uint8Array) =>
    JSON.stringify(readSlots(bytes)) === JSON.stringify(slotsFromBytesByHand(bytes));
  const listing = LLVM_LISTING.map(([hex]) => Uint8Array.from(Buffer.from(hex, 'hex')));
  return [negative, ...listing].every(same) ? undefined : 'encoded bytes';
}

/** RFC 9669 §3.1, byte by byte. */
function slotsFromBytesByHand(bytes: Uint8Array) {
  const signed = (value: number, bits: number) =>
    value >= 2 ** (bits - 1) ? value - 2 ** bits : value;
  return Array.from({ length: bytes.length / 8 }, (_, slot) => {
    const b = [...bytes.slice(8 * slot, 8 * slot + 8)];
    return {
      opcode: b[0]!,
      dst: b[1]! % 16,
      src: Math.floor(b[1]! / 16),
      offset: signed(b[2]! + 256 * b[3]!, 16),
      imm: signed(b[4]! + 256 * (b[5]! + 256 * (b[6]! + 256 * b[7]!)), 32),
    };
  });
}

describe('decoder', () => {
  // Most slots are refused, and a stack for each would be most of the time.
  const { stackTraceLimit } = Error;
  beforeAll(() => {
    Error.stackTraceLimit = 0;
  });
  afterAll(() => {
    Error.stackTraceLimit = stackTraceLimit;
  });

  it('passes the golden checks without a fault', () => {
    expect(slotsFromBytes(negative)).toEqual(slotsFromBytesByHand(negative));
  });

  it.each(DECODER_FAULTS)('$name is killed by a golden check', (fault) => {
    const killer = goldenCheck(fault);
    expect(killer).toBeDefined();
    report.push(`decoder/${fault.name}: killed by the ${killer}`);
  });
});

describe('meanings', () => {
  it('agree without a fault', () => {
    const engines = createEngines();
    for (let run = 0; run < 200; run++) {
      const scenario = scenarioOfRun({ seed: SEED, solverEvery: 0 }, run);
      expect(
        compareOutcomes(engines.interp.run(scenario), engines.smt.run(scenario)),
      ).toBeUndefined();
    }
  });

  it('agree without a fault under drawn profiles', async () => {
    const { findings } = await runCampaign({
      seed: SEED,
      runs: 2000,
      solverEvery: 0,
      profiles: DRAWN_PROFILES,
    });
    expect(findings.map(({ text }) => text)).toEqual([]);
  });

  it.each(FAULTS)('$name is killed by the campaign', async (fault) => {
    const { findings } = await runCampaign({
      seed: SEED,
      runs: RUNS_MAX,
      fault,
      solverEvery: 0,
      findingsMax: 1,
      ...(fault.drawnProfiles && { profiles: DRAWN_PROFILES }),
    });
    const [finding] = findings;
    expect(finding, `${fault.summary}: not found in ${RUNS_MAX} runs`).toBeDefined();
    if (fault.singleInstruction) {
      expect(finding!.instructions, finding!.text).toBeLessThanOrEqual(INSTRUCTIONS_MAX);
    }
    const engine = createEngines(fault)[fault.engine];
    const told = vectors.filter(({ vector, scenario }) => {
      try {
        return complaints(vector, engine.run(scenario)).length > 0;
      } catch {
        return true;
      }
    });
    report.push(
      `${fault.name}: killed by the campaign in run ${finding!.run}, ${finding!.instructions} instructions left; ${told.length} vectors tell`,
    );
  });
});
