// The reduction and the extensions: every stage keeps every word of a state, and they are chained so that the whole
// does.

import type { Variant } from '../../../model/domain/index.ts';
import type { BvTerm } from '../../terms/index.ts';
import type { Lemma, Theorem, TheoremFault } from '../theorem.ts';
import {
  ALGEBRA,
  anyState,
  Contracts,
  type DomainSubject,
  domainOf,
  isMember,
  partLemmas,
  type Stubs,
  type TermDomain,
  variantFault,
  x,
} from './subject.ts';

const SOURCE = 'linux-tail-calls §6.3';
const state = anyState('a');
const { wide, half, low, zext } = ALGEBRA;

export type Stage =
  | ('updateBounds' | 'deduceHalf' | 'deduceSigns' | 'deduceWhole' | 'deduceSignExtension')
  | ('deduceBounds' | 'boundOffset' | 'sync' | 'syncAfterBranch');

/** Stages whose work is done here and not by other stages, and a fault for each. */
const STAGES: readonly {
  readonly stage: Stage;
  readonly says: string;
  readonly fault: TheoremFault;
}[] = [
  {
    stage: 'updateBounds',
    says: 'What the tnum says about bounds is true.',
    fault: variantFault('open bits count as set', 'umin', {
      range: (old, { bits }) => ({
        update: (one, varOff) => ({
          ...old.update(one, varOff),
          umin: bits.maxU(one.umin, bits.or(varOff.value, varOff.mask)),
        }),
      }),
    }),
  },
  {
    stage: 'deduceHalf',
    says: "What the register's bounds say about its lower half is true.",
    fault: variantFault('upper halves are not compared', 'u32_max', {
      registers: (_, d) => ({
        deduceHalf: ({ varOff, r64, r32 }) => ({
          varOff,
          r64,
          r32: { ...r32, umax: d.algebra.half.minU(r32.umax, d.algebra.low(r64.umax)) },
        }),
      }),
    }),
  },
  {
    stage: 'deduceSigns',
    says: 'What unsigned and signed bounds say about each other is true.',
    fault: variantFault('the sign is not looked at', 'smax', {
      range: (old, { bits }) => ({
        deduceSigns: (one) => ({ ...old.deduceSigns(one), smax: bits.minS(one.smax, one.umax) }),
      }),
    }),
  },
  {
    stage: 'deduceWhole',
    says: "What the half's bounds say about the register's is true.",
    fault: variantFault('the least word gets the greatest half', 'umin', {
      registers: (old) => ({
        deduceWhole: (one) => {
          const { umax } = one.r32;
          return old.deduceWhole({ ...one, r32: { ...one.r32, umin: umax, umax } });
        },
      }),
    }),
  },
  {
    stage: 'deduceSignExtension',
    says: 'A register that is its sign-extended lower half, which is not negative, is that half.',
    fault: variantFault('negative halves too', 'umax', {
      registers: (old, d) => ({
        deduceSignExtension: (one) =>
          old.deduceSignExtension({
            ...one,
            r32: { ...one.r32, smin: d.algebra.half.maxS(one.r32.smin, d.algebra.half.zero) },
          }),
      }),
    }),
  },
  {
    stage: 'boundOffset',
    says: 'What the bounds say about the tnum is true.',
    fault: variantFault('the range is taken for one word', 'tnum', {
      tnum: (old) => ({ range: (min) => old.constant(min) }),
    }),
  },
];

/** Stages that call stages: the chain keeps what each link keeps. */
const CHAINS: readonly {
  readonly stage: Stage;
  readonly says: string;
  readonly links: readonly Stage[];
}[] = [
  {
    stage: 'deduceBounds',
    says: 'One round of deductions loses no word.',
    links: ['deduceHalf', 'deduceSigns', 'deduceWhole', 'deduceSignExtension'],
  },
  {
    stage: 'sync',
    says: 'The reduction loses no word.',
    links: ['updateBounds', 'deduceBounds', 'boundOffset'],
  },
];

/** The state that comes of it when the links are only known to keep the word. */
function chained(subject: DomainSubject, stage: Stage, links: readonly Stage[]) {
  const contracts = new Contracts();
  const keep = contracts.keeps(x);
  // A fault in a link is its own theorem's affair; one in the chain must be seen here.
  const stubs: Stubs = {
    registers: (): Partial<TermDomain> => Object.fromEntries(links.map((link) => [link, keep])),
  };
  const result = domainOf(subject, stubs)[stage](state);
  return { result, known: contracts.known };
}

function chainLemmas(subject: DomainSubject, stage: Stage, links: readonly Stage[]): Lemma[] {
  const { result, known } = chained(subject, stage, links);
  return [
    {
      name: 'chain',
      premises: {
        'the word lies in the state': isMember(state, x),
        'each link keeps it (its own theorem)': known,
      },
      conclusion: isMember(result, x),
    },
  ];
}

const kebab = (name: string) => name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

function stageTheorem({ stage, says, fault }: (typeof STAGES)[number]): Theorem {
  return {
    name: `domain/reduction/${kebab(stage)}`,
    statement: says,
    source: SOURCE,
    method: { kind: 'cases', over: 'the parts of the result' },
    expected: 'proved',
    lemmas: (subject: DomainSubject) =>
      partLemmas('', [[state, x]], domainOf(subject)[stage](state), x),
    faults: [fault],
  };
}

function chainTheorem({ stage, says, links }: (typeof CHAINS)[number]): Theorem {
  const losing: Variant = {
    registers: (old) => ({
      [stage]: (one: Parameters<typeof old.sync>[0]) => {
        const kept = old[stage](one);
        return { ...kept, r64: { ...kept.r64, umax: kept.r64.umin } };
      },
    }),
  };
  return {
    name: `domain/reduction/${kebab(stage)}`,
    statement: says,
    source: SOURCE,
    method: { kind: 'cases', over: 'the links of the chain, each a theorem' },
    expected: 'proved',
    lemmas: (subject: DomainSubject) => chainLemmas(subject, stage, links),
    faults: [variantFault('a bound is taken for another', 'chain', losing)],
  };
}

/** What an extension makes of a word. */
interface Extension {
  readonly name: string;
  readonly says: string;
  readonly lemmas: (subject: DomainSubject) => readonly Lemma[];
  readonly fault: TheoremFault;
}

/** A copy of the lowest bits with their sign above. */
function signExtended(bits: typeof wide, word: BvTerm, size: number): BvTerm {
  const count = bits.of(BigInt(bits.width - size));
  return bits.ashr(bits.shl(word, count), count);
}

const EXTENSIONS: readonly Extension[] = [
  {
    name: 'zero-extend',
    says: 'The lower half of x, with zeros above, lies in the zero-extended state.',
    lemmas: (subject) =>
      partLemmas('', [[state, x]], domainOf(subject).zeroExtend(state), zext(low(x))),
    fault: variantFault('signed bounds copied as they are', 'smax', {
      registers: (old, d) => ({
        assignHalf: (one) => {
          const result = old.assignHalf(one);
          return { ...result, r64: { ...result.r64, smax: d.algebra.sext(one.r32.smax) } };
        },
      }),
    }),
  },
  {
    name: 'combine-into-half',
    says: "The half's bounds that are taken anew from the register's are true.",
    lemmas: (subject) => {
      const stubs: Stubs = { registers: () => ({ syncAfterBranch: (one) => one }) };
      return partLemmas('', [[state, x]], domainOf(subject, stubs).combineIntoHalf(state), x);
    },
    fault: variantFault('each bound where it fits', 'u32_min', {
      rules: { halfBoundsApart: true },
    }),
  },
  {
    name: 'sign-extend',
    says: 'The lowest 8, 16 or 32 bits of x, with copies of their sign above, lie in the sign-extended state.',
    lemmas: (subject) =>
      [8, 16, 32].flatMap((size) =>
        partLemmas(
          `${size}/`,
          [[state, x]],
          domainOf(subject).signExtend(state, size),
          signExtended(wide, x, size),
        ),
      ),
    fault: variantFault('bounds of another block', '8/umax', {
      registers: (old, d) => ({
        signExtend: (one, size) => {
          const { wide: bits } = d.algebra;
          const { smin, smax } = one.r64;
          const same = bits.eq(bits.and(smin, bits.signedMin), bits.and(smax, bits.signedMin));
          const narrow = { ...one, r64: { ...one.r64, smin: bits.ite(same, smax, smin) } };
          return old.signExtend(narrow, size);
        },
      }),
    }),
  },
  {
    name: 'sign-extend-half',
    says: 'The lowest 8 or 16 bits of x, with copies of their sign in the lower half and zeros above, lie in the state.',
    lemmas: (subject) =>
      [8, 16].flatMap((size) =>
        partLemmas(
          `${size}/`,
          [[state, x]],
          domainOf(subject).signExtendHalf(state, size),
          zext(signExtended(half, low(x), size)),
        ),
      ),
    fault: variantFault('the tnum stays', '8/tnum', {
      registers: (old) => ({
        signExtendHalf: (one, size) => ({ ...old.signExtendHalf(one, size), varOff: one.varOff }),
      }),
    }),
  },
];

/** Parts of a state that say nothing of the register above its half may be taken with any upper half. */
function extensionTheorem({ name, says, lemmas, fault }: Extension): Theorem {
  return {
    name: `domain/extension/${name}`,
    statement: says,
    source: 'linux-tail-calls §6.4',
    method: { kind: 'cases', over: 'the parts of the result' },
    expected: 'proved',
    lemmas,
    faults: [fault],
  };
}

export const REDUCTION_THEOREMS: readonly Theorem[] = [
  ...STAGES.map(stageTheorem),
  ...CHAINS.map(chainTheorem),
  ...EXTENSIONS.map(extensionTheorem),
];
