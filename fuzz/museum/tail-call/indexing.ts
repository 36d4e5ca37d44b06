// Bugs of the index. Facts: reference linux-tail-calls.md, the sections that `source` names.

import { extract, zeroExtend } from '../../../smt/index.ts';
import type { Exhibit } from '../exhibit.ts';
import { DIFFERENT_END, trapOf } from '../sight.ts';
import { catalogueVariant, changedVariant, meaningVariant, OutOfArray } from '../variant.ts';
import { DIRECT_IN_ARRAY, LOW_HALF_DECIDES, READS_THE_ARRAY } from './call-laws.ts';
import { scenarioExhibit } from './exhibit.ts';

const WIDE_INDEX = scenarioExhibit({
  id: '90caccdd8cc0',
  title: 'the index is all of R3, not its low half',
  kernels: '4.2 – 4.13 (interpreter, x86-64)',
  source: 'linux-tail-calls §1.4, §6.6: all use the low 32 bits (4.14)',
  sureness: 'M',
  faulty: catalogueVariant('linux-4.2/interp'),
  mended: changedVariant(
    'museum/index-32',
    'linux-4.2/interp',
    { index_bits: '32' },
    '90caccdd8cc0 (4.14)',
  ),
  sight: DIFFERENT_END,
  law: LOW_HALF_DECIDES,
});

const TWO_32 = 2n ** 32n;

/** Compares the low half of R3 with max_entries, and then reads the slot that all of R3 says. */
const notTruncated = (profile: string) =>
  meaningVariant(
    catalogueVariant(profile),
    (semantics) => ({
      ...semantics,
      tailCall: (knobs, state) => {
        const step = semantics.tailCall(knobs, state);
        const isRead = step.result === 'taken' || step.result === 'empty';
        if (isRead && state.index >= TWO_32) throw new OutOfArray();
        return step;
      },
    }),
    (semantics) => ({
      ...semantics,
      tailCall: {
        ...semantics.tailCall,
        index: (r3) => r3,
        results: (state, knobs) => {
          const compared = zeroExtend(32, extract(31, 0, state.index));
          return semantics.tailCall.results({ ...state, index: compared }, knobs);
        },
      },
    }),
  );

const ARM64_INDEX = scenarioExhibit({
  id: '16338a9b3ac3',
  title: 'arm64 compares the low half of the index and uses all of it',
  kernels: 'before 4.16 (arm64)',
  source: 'linux-tail-calls §1.4, §6.6: mov w3, w3 (4.16)',
  sureness: 'M',
  faulty: notTruncated('linux-6.1/arm64'),
  mended: catalogueVariant('linux-6.1/arm64'),
  sight: trapOf('out_of_bounds'),
  law: READS_THE_ARRAY,
});

const PPC64_INDEX = scenarioExhibit({
  id: 'd269176e766c',
  title: 'ppc64 compares the low half of the index and uses all of it',
  kernels: 'before 4.16 (ppc64)',
  source: 'linux-tail-calls §1.4, §6.6: rlwinm (4.16)',
  sureness: 'M',
  faulty: notTruncated('linux-6.12/ppc64'),
  mended: catalogueVariant('linux-6.12/ppc64'),
  sight: trapOf('out_of_bounds'),
  law: READS_THE_ARRAY,
});

const DIRECT_KEY = scenarioExhibit({
  id: 'a657182a5c51',
  aliases: ['CVE-2022-2905', 'CVE-2022-49985'],
  title: 'a constant index beyond the array becomes a direct jump',
  kernels: '5.5 – 5.19 (x86-64)',
  source: 'linux-tail-calls §3.5, §6.6: tnum_range covers more than the range (6.0)',
  sureness: 'S',
  faulty: catalogueVariant('linux-5.19/x86_64'),
  mended: changedVariant(
    'museum/key-checked',
    'linux-5.19/x86_64',
    { direct_key: 'checked' },
    'a657182a5c51 (6.0)',
  ),
  sight: trapOf('out_of_bounds'),
  law: DIRECT_IN_ARRAY,
});

export const INDEXING: readonly Exhibit[] = [WIDE_INDEX, ARM64_INDEX, PPC64_INDEX, DIRECT_KEY];
