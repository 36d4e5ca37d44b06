// One site: whatever the two CPUs do when, a run through it enters the old or the new program, or skips where one of
// the two is none. By an inductive invariant with one part for each point of each update, so over any number of
// updates and passages.

import {
  and,
  type BoolTerm,
  type BvTerm,
  bool,
  bvVar,
  distinct,
  eq,
  implies,
  not,
  or,
} from '../../terms/index.ts';
import type { Lemma, Subject, Theorem } from '../theorem.ts';
import {
  anySite,
  canPatch,
  NONE,
  type PatchStep,
  passed,
  patched,
  plantProtocol,
  protocolOf,
  type Site,
  settledSite,
  UPDATES,
  type Update,
  updateIs,
} from './machine.ts';

const SOURCE = 'reference linux-tail-calls.md §1.4, x86-64 direct';
const [older, newer] = [bvVar('older', 32), bvVar('newer', 32)];

/** What is known of a site at one point of an update: as much as the steps that were made say. */
interface Known {
  readonly bypass: boolean;
  readonly target: 'older' | 'newer';
  /** Whether the CPU may be inside, and whether it is then waited for. */
  readonly inside: 'no' | 'yes' | 'waited for';
}

/** Before the first step: the slot is exchanged, the site as it was. */
function knownAtFirst(update: Update): Known {
  const wasEmpty = update === 'install';
  return { bypass: wasEmpty, target: 'older', inside: wasEmpty ? 'no' : 'yes' };
}

function knownAfter(known: Known, step: PatchStep): Known {
  switch (step) {
    case 'target':
      return { ...known, target: 'newer' };
    case 'bypass off':
      return { ...known, bypass: false, inside: 'yes' };
    case 'bypass on':
      return { ...known, bypass: true };
    case 'sync begins':
      return {
        ...known,
        inside: known.inside === 'yes' && known.bypass ? 'waited for' : known.inside,
      };
    case 'sync ends':
      return { ...known, inside: known.inside === 'waited for' ? 'no' : known.inside };
  }
}

function holds(known: Known, site: Site): BoolTerm {
  const inside = {
    no: not(site.inside),
    yes: bool(true),
    'waited for': implies(site.inside, site.waiting),
  };
  return and(
    eq(site.bypass, bool(known.bypass)),
    eq(site.target, known.target === 'older' ? older : newer),
    inside[known.inside],
  );
}

/** Between updates: the site says what the slot says, and nobody is in the site of an empty slot. */
function isSettled(site: Site, program: BvTerm): BoolTerm {
  return and(
    eq(site.bypass, eq(program, NONE)),
    eq(site.target, program),
    implies(site.inside, distinct(program, NONE)),
  );
}

interface Point {
  readonly name: string;
  readonly update: Update;
  readonly known: Known;
  /** The step that comes next; none at the end. */
  readonly step?: PatchStep;
}

function pointsOf(subject: Subject): readonly Point[] {
  const protocol = protocolOf(subject);
  return UPDATES.flatMap((update) => {
    const points: Point[] = [];
    let known = knownAtFirst(update);
    protocol[update].forEach((step, n) => {
      points.push({ name: `${update}/${n}`, update, known, step });
      known = knownAfter(known, step);
    });
    return [...points, { name: `${update}/end`, update, known }];
  });
}

/** A step of the patcher leads to what is known next; at the end, to a settled site. */
function patchLemma({ name, update, known, step }: Point): Lemma {
  const site = anySite();
  const premises = {
    update: updateIs(update, older, newer),
    invariant: holds(known, site),
  };
  if (step === undefined) {
    return {
      name: `${name} settles`,
      premises,
      conclusion: isSettled(site, newer),
    };
  }
  return {
    name: `${name} ${step}`,
    premises: { ...premises, possible: canPatch(step, site) },
    conventions: ['update', ...(step === 'sync ends' ? [] : ['possible'])],
    conclusion: holds(knownAfter(known, step), patched(step, site, newer)),
  };
}

/** A step of the CPU keeps what is known, and is what one of the two programs allows. */
function passLemma({ name, update, known }: Point): Lemma {
  const site = anySite();
  const { site: after, skips, jumps, entered, falls } = passed(site);
  return {
    name: `${name} passed`,
    premises: { update: updateIs(update, older, newer), invariant: holds(known, site) },
    conclusion: and(
      holds(known, after),
      not(falls),
      implies(jumps, or(eq(entered, older), eq(entered, newer))),
      implies(skips, or(eq(older, NONE), eq(newer, NONE))),
    ),
  };
}

const NEVER_TORN: Theorem = {
  name: 'poke/never-torn',
  statement:
    'While user space writes a slot, a CPU at a direct tail call enters the old program or the new one, or skips where one of them is none; it never meets a nop behind an open bypass.',
  source: SOURCE,
  method: { kind: 'induction', on: 'the steps of patcher and CPU, at every point of every update' },
  expected: 'proved',
  lemmas: (subject) => {
    const site = anySite();
    const program = bvVar('program', 32);
    const begun = UPDATES.map(
      (update): Lemma => ({
        name: `${update}/begins`,
        premises: { update: updateIs(update, older, newer), settled: isSettled(site, older) },
        conclusion: holds(knownAtFirst(update), site),
      }),
    );
    const { site: after, skips, jumps, entered, falls } = passed(site);
    const points = pointsOf(subject);
    const loaded = settledSite(program);
    return [
      {
        name: 'loaded',
        premises: {
          'patched before any CPU can be in it': and(
            eq(site.bypass, loaded.bypass),
            eq(site.target, loaded.target),
            eq(site.inside, loaded.inside),
          ),
        },
        conclusion: isSettled(site, program),
      },
      {
        name: 'settled/passed',
        premises: { settled: isSettled(site, program) },
        conclusion: and(
          isSettled(after, program),
          not(falls),
          implies(jumps, eq(entered, program)),
          implies(skips, eq(program, NONE)),
        ),
      },
      ...begun,
      ...points.map(patchLemma),
      ...points.map(passLemma),
    ];
  },
  faults: [
    {
      name: 'bypass removed before the target is patched',
      plant: plantProtocol({ install: ['bypass off', 'target'] }),
      lemma: 'install/1 passed',
    },
    {
      name: 'target nopped before the bypass is there',
      plant: plantProtocol({ remove: ['target', 'bypass on', 'sync begins', 'sync ends'] }),
      lemma: 'remove/1 passed',
    },
    {
      name: 'no synchronize_rcu',
      plant: plantProtocol({ remove: ['bypass on', 'target'] }),
      lemma: 'remove/end passed',
    },
    {
      name: 'synchronize_rcu before the bypass is there',
      plant: plantProtocol({ remove: ['sync begins', 'sync ends', 'bypass on', 'target'] }),
      lemma: 'remove/end passed',
    },
    {
      name: 'target left in place by a removal',
      plant: plantProtocol({ remove: ['bypass on', 'sync begins', 'sync ends'] }),
      lemma: 'remove/end settles',
    },
  ],
};

export const NEVER_TORN_THEOREMS: readonly Theorem[] = [NEVER_TORN];
