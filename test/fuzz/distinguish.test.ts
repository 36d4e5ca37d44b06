// Profiles are told apart by a smallest scenario, and only where they differ.

import { describe, expect, it } from 'vitest';
import { distinguish } from '../../fuzz/distinguish/distinguish.ts';
import { candidates } from '../../fuzz/distinguish/shapes.ts';
import { createMachine } from '../../interp/index.ts';
import { profileNamed } from '../../model/profiles/catalogue.ts';
import type { Profile } from '../../model/profiles/profile.ts';
import { validateScenario } from '../../model/scenario/validate.ts';

const named = profileNamed('linux-6.12/x86_64');
const changed = (name: string, knobs: Partial<Profile['tailCall']>): Profile => ({
  ...named,
  name,
  tailCall: { ...named.tailCall, ...knobs },
});

async function decide(left: Profile, right: Profile, instructionsMax?: number) {
  const [pair] = await distinguish(
    [left, right],
    instructionsMax === undefined ? {} : { instructionsMax },
  );
  return pair!.result;
}

describe('distinguish', () => {
  it('says that profiles with the same knobs give the same', async () => {
    expect(await decide(named, changed('twin', {}))).toEqual({ kind: 'same knobs' });
  });

  // biome-ignore format: table
  const CASES: readonly [what: string, knobs: Partial<Profile['tailCall']>, instructions: number][] = [
    ['the limit', { limit: 31 }, 5],
    ['the width of the index', { indexBits: 64 }, 5],
    ['empty slots that use budget', { burns: { ...named.tailCall.burns, empty: true } }, 10],
    ['indices out of range that use budget', { burns: { ...named.tailCall.burns, outOfRange: true } }, 10],
    ['counters by value', { propagation: 'value' }, 11],
    ['local calls that are refused', { propagation: 'rejected' }, 8],
  ];
  it.each(CASES)('tells %s apart', async (_, knobs, instructions) => {
    const other = changed('other', knobs);
    const result = await decide(named, other);
    if (result.kind !== 'differ') throw new Error(result.kind);
    const { distinction } = result;
    expect(distinction.instructions).toBe(instructions);
    expect(distinction.left).not.toEqual(distinction.right);
    if (distinction.left !== 'refused') {
      const { tailCalls } = createMachine().run(distinction.scenario);
      expect(tailCalls).toBe(distinction.left.tailCalls);
    }
  });

  it('finds nothing where the difference cannot be seen, and says how far it looked', async () => {
    const other = changed('other', { burns: { ...named.tailCall.burns, exhausted: true } });
    const result = await decide(named, other, 10);
    if (result.kind !== 'none found') throw new Error(result.kind);
    expect(result.candidates).toBe([...candidates(10)].length);
  });

  it('stops when it is told to', async () => {
    const other = changed('other', { burns: { ...named.tailCall.burns, exhausted: true } });
    const [pair] = await distinguish([named, other], { signal: AbortSignal.abort() });
    expect(pair!.result).toEqual({ kind: 'none found', candidates: 0 });
  });
});

describe('the family', () => {
  it('holds valid scenarios, smallest first, each as large as it says', () => {
    let last = 0;
    for (const candidate of candidates(9)) {
      const scenario = candidate.scenario(named);
      validateScenario(scenario);
      const count = scenario.programs.reduce(
        (sum, { program }) => sum + program.code.filter(Boolean).length,
        0,
      );
      expect(candidate.instructions).toBe(count);
      expect(candidate.instructions).toBeGreaterThanOrEqual(last);
      last = candidate.instructions;
    }
  });
});
