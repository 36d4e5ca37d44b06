// Runtimes and specifications other than Linux. What is not known of them is a hypothesis, and says so.

import { changed, known, type KnownKnobs, profileOf } from './build.ts';
import { INDEX_COUNT_SLOT, NO_COUNT_IS_PASSED, NONE_BURN } from './linux-common.ts';
import type { CompatKey, CounterRoot } from './profile.ts';

const UNKNOWN = 'not known; as Linux has it';
const NOT_SAID = known('rejected', 'H', 'not known; refused here rather than guessed');

const UNKNOWN_FACTS = {
  ...NO_COUNT_IS_PASSED,
  directKey: known('checked', 'H', UNKNOWN),
  ownerLocked: known(true, 'H', UNKNOWN),
  clearedOn: known('last_user', 'H', UNKNOWN),
  freed: known('grace_period', 'H', UNKNOWN),
  freezeNeeds: known('writable', 'H', UNKNOWN),
  newCounter: known<readonly CounterRoot[]>(['run'], 'H', UNKNOWN),
  stack: known({ callerLimit: 'none', rounding: 16, frames: 8 } as const, 'H', UNKNOWN),
  compatKeys: known<readonly CompatKey[]>(['type'], 'H', UNKNOWN),
  afterCall: known({ r0: 'undefined', packetPointers: 'keep' } as const, 'H', UNKNOWN),
  mapErrors: known({ lookup: 'id' } as const, 'H', UNKNOWN),
  div0: known('zero' as const, 'H', 'RFC 9669'),
  instructionSet: known('linux-6.6', 'H', 'RFC 9669'),
};

const WINDOWS: KnownKnobs = {
  ...UNKNOWN_FACTS,
  limit: known(33, 'M', 'microsoft/ebpf-for-windows#2794: 32, then 33'),
  order: known(INDEX_COUNT_SLOT, 'H', UNKNOWN),
  indexBits: known(32, 'H', UNKNOWN),
  indexMasked: known(false, 'H', UNKNOWN),
  burns: known(NONE_BURN, 'H', 'not known'),
  propagation: NOT_SAID,
};

const WINDOWS_BEFORE = changed(WINDOWS, {
  limit: known(31, 'M', 'microsoft/ebpf-for-windows#2496: 31 callees were allowed'),
});

const JITTERBUG: KnownKnobs = {
  ...UNKNOWN_FACTS,
  limit: known(33, 'S', 'a count of more than 32 fails, so that 33 succeed'),
  order: known(
    INDEX_COUNT_SLOT,
    'H',
    'it speaks of one tail call, after which the order is not seen',
  ),
  indexBits: known(32, 'M', 'stated for rv32 only'),
  indexMasked: known(false, 'H', UNKNOWN),
  burns: known(NONE_BURN, 'S', 'an empty slot falls through and is not counted'),
  propagation: NOT_SAID,
};

export const OTHERS = [
  profileOf('ebpf-for-windows', WINDOWS),
  profileOf('ebpf-for-windows-before-2496', WINDOWS_BEFORE),
  profileOf('jitterbug-spec', JITTERBUG),
];
