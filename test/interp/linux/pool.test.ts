// Guests that fail, with guests that are none: what a pool makes of it.

import { describe, expect, test } from 'vitest';
import { type FailureKind, type Guest, GuestFailed } from '../../../interp/linux/guest.ts';
import { GuestPool } from '../../../interp/linux/pool.ts';

interface Fake {
  exchange(cases: readonly Uint8Array[]): Promise<Uint8Array[]>;
  kill(): Promise<void>;
}

/** Case 66 kills the guest; replies come in bundles of two, so that those of a bundle are lost with it. */
function fakes(
  kind: FailureKind = 'panic',
  deadly: (value: number) => boolean = (value) => value === 66,
) {
  const state = { booted: 0, killed: 0 };
  const start = async () => {
    state.booted++;
    const guest: Fake = {
      async exchange(cases) {
        const at = cases.findIndex(([value]) => deadly(value!));
        if (at < 0) return cases.map((one) => one);
        const bundled = at - (at % 2);
        throw new GuestFailed({ kind, console: 'last words' }, cases.slice(0, bundled));
      },
      async kill() {
        state.killed++;
      },
    };
    return guest as unknown as Guest;
  };
  return { state, start };
}

const cases = (...values: number[]) => values.map((value) => Uint8Array.of(value));

describe('a pool', () => {
  test('keeps a guest between batches', async () => {
    const { state, start } = fakes();
    const pool = new GuestPool(start, { guests: 1 });
    await pool.run(cases(1, 2));
    await pool.run(cases(3));
    await pool.close();
    expect(state).toEqual({ booted: 1, killed: 1 });
  });

  test('names the case that killed a guest, and loses no other', async () => {
    const { start } = fakes();
    const pool = new GuestPool(start);
    const results = await pool.run(cases(1, 2, 3, 66, 5, 66, 7));
    const failure = { kind: 'panic', console: 'last words' };
    expect(results.map((result) => ('reply' in result ? result.reply[0] : result.failure))).toEqual(
      [1, 2, 3, failure, 5, failure, 7],
    );
    expect(pool.incidents.map(({ repeated }) => repeated)).toEqual([true, true]);
    await pool.close();
  });

  test('records a guest that failed for no case of its batch', async () => {
    let times = 0;
    const { start } = fakes('ended', () => times++ === 0);
    const pool = new GuestPool(start);
    const results = await pool.run(cases(1, 2));
    expect(results.every((result) => 'reply' in result)).toBe(true);
    expect(pool.incidents).toMatchObject([{ failure: { kind: 'ended' }, repeated: false }]);
    await pool.close();
  });

  test('has no more guests at work than it may', async () => {
    let atWork = 0;
    let most = 0;
    const start = async () =>
      ({
        async exchange(batch: readonly Uint8Array[]) {
          most = Math.max(most, ++atWork);
          await new Promise((resolve) => setImmediate(resolve));
          atWork--;
          return batch;
        },
        kill: async () => {},
      }) as unknown as Guest;
    const pool = new GuestPool(start, { guests: 2 });
    await Promise.all([1, 2, 3, 4, 5].map((value) => pool.run(cases(value))));
    expect(most).toBe(2);
    await pool.close();
  });
});
