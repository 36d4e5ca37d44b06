// Sites together: an update is not one instant for all of them. The slot is exchanged first, then the direct sites
// are patched one by one; an indirect site reads the slot. So of two calls, one after the other, the first can enter
// the new program and the second the old one. Reference linux-tail-calls.md §1.4: "not linearisable across call sites".

import type { Model } from '../../solver/index.ts';
import {
  and,
  type BoolTerm,
  type BvTerm,
  boolVar,
  bv,
  bvadd,
  bvVar,
  distinct,
  eq,
  evaluate,
  FALSE,
  implies,
  ite,
  not,
  or,
  TRUE,
} from '../../terms/index.ts';
import type { Lemma, Subject, Theorem } from '../theorem.ts';
import {
  canPatch,
  NONE,
  type PatchStep,
  type PokeSubject,
  passed,
  patched,
  protocolOf,
  type Site,
  settledSite,
  siteIte,
} from './machine.ts';

const [older, newer] = [bvVar('older', 32), bvVar('newer', 32)];

/** The patcher makes its next step; one CPU goes through an indirect site; through each of two direct sites. */
const ACTORS = ['patcher', 'indirect', 'first', 'second'] as const;
type Actor = (typeof ACTORS)[number];

/** One slot, two direct sites, and what was seen of the replacement so far. */
interface Sites {
  /** How many steps the patcher has made. */
  readonly made: BvTerm;
  readonly slot: BvTerm;
  readonly first: Site;
  readonly second: Site;
  /** Some call has entered the new program. */
  readonly seen: BoolTerm;
  /** A call that began after that has entered the old one. */
  readonly wentBack: BoolTerm;
  /** Whether the CPU inside of a direct site began its call after the new program was seen. */
  readonly lateInFirst: BoolTerm;
  readonly lateInSecond: BoolTerm;
}

const START: Sites = {
  made: bv(8, 0n),
  slot: older,
  first: settledSite(older),
  second: settledSite(older),
  seen: FALSE,
  wentBack: FALSE,
  lateInFirst: FALSE,
  lateInSecond: FALSE,
};

/** The steps of a replacement: the exchange, then all steps at the first site, then at the second. */
type Step = { readonly site: 'first' | 'second'; readonly step: PatchStep } | 'exchange';

function stepsOf(subject: Subject): readonly Step[] {
  const { replace } = protocolOf(subject);
  const at = (site: 'first' | 'second') => replace.map((step) => ({ site, step }));
  return ['exchange', ...at('first'), ...at('second')];
}

interface Next {
  readonly possible: BoolTerm;
  readonly sites: Sites;
}

function patch(sites: Sites, steps: readonly Step[]): Next {
  const made = bvadd(sites.made, bv(8, 1n));
  return steps.reduce<Next>(
    (rest, step, n) => {
      const here = eq(sites.made, bv(8, BigInt(n)));
      const then: Next =
        step === 'exchange'
          ? { possible: TRUE, sites: { ...sites, made, slot: newer } }
          : {
              possible: canPatch(step.step, sites[step.site]),
              sites: { ...sites, made, [step.site]: patched(step.step, sites[step.site], newer) },
            };
      return {
        possible: ite(here, then.possible, rest.possible),
        sites: sitesIte(here, then.sites, rest.sites),
      };
    },
    { possible: FALSE, sites },
  );
}

/** A call has entered a program, having begun late or not. */
function entered(sites: Sites, when: BoolTerm, program: BvTerm, late: BoolTerm): Sites {
  return {
    ...sites,
    seen: or(sites.seen, and(when, eq(program, newer))),
    wentBack: or(sites.wentBack, and(when, late, eq(program, older))),
  };
}

function pass(sites: Sites, at: 'first' | 'second', through: typeof passed): Next {
  const lateIn = at === 'first' ? 'lateInFirst' : 'lateInSecond';
  const { site, jumps, entered: program } = through(sites[at]);
  const after = entered(sites, jumps, program, sites[lateIn]);
  const late = ite(sites[at].inside, sites[lateIn], sites.seen);
  return { possible: TRUE, sites: { ...after, [at]: site, [lateIn]: late } };
}

function move(actor: Actor, sites: Sites, subject: PokeSubject): Next {
  switch (actor) {
    case 'patcher':
      return patch(sites, stepsOf(subject));
    case 'indirect':
      return { possible: TRUE, sites: entered(sites, TRUE, sites.slot, sites.seen) };
    default:
      return pass(sites, actor, subject.pass ?? passed);
  }
}

function sitesIte(condition: BoolTerm, a: Sites, b: Sites): Sites {
  return {
    made: ite(condition, a.made, b.made),
    slot: ite(condition, a.slot, b.slot),
    first: siteIte(condition, a.first, b.first),
    second: siteIte(condition, a.second, b.second),
    seen: ite(condition, a.seen, b.seen),
    wentBack: ite(condition, a.wentBack, b.wentBack),
    lateInFirst: ite(condition, a.lateInFirst, b.lateInFirst),
    lateInSecond: ite(condition, a.lateInSecond, b.lateInSecond),
  };
}

const actorTerm = (actor: Actor) => bv(2, BigInt(ACTORS.indexOf(actor)));

/** A schedule: who moves when. */
function schedule(subject: Subject, actors: readonly BvTerm[]) {
  const steps = stepsOf(subject);
  const states = [START];
  const possible: BoolTerm[] = [];
  for (const actor of actors) {
    const before = states.at(-1)!;
    const nexts = ACTORS.map(
      (one) => [eq(actor, actorTerm(one)), move(one, before, subject)] as const,
    );
    possible.push(or(...nexts.map(([is, next]) => and(is, next.possible))));
    states.push(nexts.reduce((rest, [is, next]) => sitesIte(is, next.sites, rest), before));
  }
  return { states, steps, possible: and(...possible) };
}

/** Sites that a statement is about. */
type Among = readonly Exclude<Actor, 'patcher'>[];

function scheduleLemma(
  subject: Subject,
  among: Among,
  actors: readonly BvTerm[],
  name: string,
): Lemma {
  const { states, possible } = schedule(subject, actors);
  const others = ACTORS.filter((one) => one !== 'patcher' && !among.includes(one));
  return {
    name,
    premises: {
      // Which numbers the two programs have does not matter.
      'a replacement': and(eq(older, bv(32, 1n)), eq(newer, bv(32, 2n))),
      sites: and(
        ...actors.flatMap((actor) => others.map((other) => distinct(actor, actorTerm(other)))),
      ),
      possible,
    },
    conclusion: not(states.at(-1)!.wentBack),
  };
}

interface Together {
  readonly name: string;
  readonly statement: string;
  readonly among: Among;
  /** A schedule that refutes it; that none with fewer moves does is a lemma over all of them. */
  readonly witness: readonly Actor[];
}

const TOGETHER: readonly Together[] = [
  {
    name: 'poke/linearisable',
    statement:
      'Once a call at an indirect site has entered the new program, no later call at a direct site enters the old one.',
    among: ['indirect', 'first'],
    witness: ['patcher', 'indirect', 'first', 'first'],
  },
  {
    name: 'poke/linearisable-direct',
    statement:
      'Once a call at a direct site has entered the new program, no later call at another direct site enters the old one.',
    among: ['first', 'second'],
    witness: ['patcher', 'patcher', 'first', 'first', 'second', 'second'],
  },
];

function togetherTheorem({ name, statement, among, witness }: Together): Theorem {
  const moves = {
    shortest: witness.map(actorTerm),
    shorter: witness.slice(1).map((_, n) => bvVar(`move${n}`, 2)),
  };
  return {
    name,
    statement,
    source: 'reference linux-tail-calls.md §1.4: the map is not linearisable across call sites',
    method: { kind: 'bounded', bound: `${witness.length} moves, and none with fewer` },
    expected: 'refuted',
    lemmas: (subject) => [
      scheduleLemma(subject, among, moves.shortest, 'shortest'),
      scheduleLemma(subject, among, moves.shorter, 'shorter'),
    ],
    faults: [
      {
        name: 'repaired: every site patched in one instant',
        plant: (subject): PokeSubject => ({
          ...subject,
          pass: (site) => ({ ...passed(site), entered: newer }),
        }),
        lemma: 'shortest',
      },
    ],
    show: (lemma, model, subject) =>
      describeSchedule(model, subject, lemma.name === 'shorter' ? moves.shorter : moves.shortest),
  };
}

const ALONE: Theorem = {
  name: 'poke/linearisable-alone',
  statement:
    'Of the calls that begin at one direct site after one another, none enters the old program after one has entered the new.',
  source: 'reference linux-tail-calls.md §1.4: each single site is linearisable',
  method: { kind: 'induction', on: 'the steps of patcher and CPU during a replacement' },
  expected: 'proved',
  lemmas: (subject) => {
    const state: Sites = {
      ...START,
      made: bvVar('made', 8),
      slot: bvVar('slot', 32),
      first: {
        bypass: boolVar('bypass'),
        target: bvVar('target', 32),
        inside: boolVar('inside'),
        waiting: boolVar('waiting'),
      },
      seen: boolVar('seen'),
      lateInFirst: boolVar('late'),
      wentBack: boolVar('went_back'),
    };
    const invariant = ({ first, seen, wentBack, lateInFirst }: Sites) =>
      and(
        not(wentBack),
        or(eq(first.target, older), eq(first.target, newer)),
        implies(seen, eq(first.target, newer)),
        implies(lateInFirst, seen),
      );
    const programs = and(distinct(older, NONE), distinct(newer, NONE), distinct(older, newer));
    return (['patcher', 'first'] as const).map((actor) => ({
      name: actor,
      premises: {
        'a replacement': programs,
        invariant: invariant(state),
      },
      conventions: actor === 'patcher' ? ['a replacement'] : [],
      conclusion: invariant(move(actor, state, subject).sites),
    }));
  },
  faults: [
    {
      name: 'a CPU that still executes the old bytes',
      plant: (subject): PokeSubject => ({
        ...subject,
        pass: (site) => ({ ...passed(site), entered: older }),
      }),
      lemma: 'first',
    },
  ],
};

export const LINEARISABLE_THEOREMS: readonly Theorem[] = [...TOGETHER.map(togetherTheorem), ALONE];

/** A schedule as lines of text, under the model of the lemma that speaks about it. */
function describeSchedule(model: Model, subject: Subject, actors: readonly BvTerm[]): string[] {
  const { states, steps } = schedule(subject, actors);
  const value = (term: BvTerm) => evaluate(term, model, 'zero');
  const program = (term: BvTerm) =>
    value(term) === value(newer) ? 'the new program' : 'the old program';
  const lines = actors.map((actor, n) => {
    const sites = states[n]!;
    const who = ACTORS[Number(value(actor))]!;
    if (who === 'patcher') return `patcher: ${patchText(steps[Number(value(sites.made))]!)}`;
    if (who === 'indirect') return `run: the indirect call enters ${program(sites.slot)}`;
    const { inside, target } = sites[who];
    return evaluate(inside, model, 'zero')
      ? `run: the ${who} direct call enters ${program(target)}`
      : `run: the ${who} direct call passes its open bypass`;
  });
  return lines.map((line, n) => `${n + 1}. ${line}`);
}

function patchText(step: Step): string {
  if (step === 'exchange') return 'exchanges the slot: it holds the new program';
  return `patches the ${step.site} direct call: ${step.step === 'target' ? 'it jumps to the new program' : step.step}`;
}
