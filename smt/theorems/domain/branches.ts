// Conditional jumps: what is known of both operands on a way on holds for every pair of words that goes there, and a
// branch that is decided is decided rightly.

import {
  COMPARISONS,
  type Comparison,
  type Condition,
  conditionOf,
} from '../../../model/domain/index.ts';
import {
  and,
  type BoolTerm,
  type BvTerm,
  bvand,
  bvsle,
  bvslt,
  bvule,
  bvult,
  distinct,
  eq,
  freeVariables,
  implies,
  or,
} from '../../terms/index.ts';
import type { Lemma, Theorem, TheoremFault } from '../theorem.ts';
import {
  ALGEBRA,
  anyState,
  type DomainSubject,
  domainOf,
  isMember,
  membership,
  partLemmas,
  type Stubs,
  variantFault,
  x,
  y,
} from './subject.ts';

const SOURCE = 'linux-tail-calls §6.4';
const { low, wide } = ALGEBRA;
const [dst, src] = [anyState('a'), anyState('b')];
const operands = [
  [dst, x],
  [src, y],
] as const;
const inStates = and(isMember(dst, x), isMember(src, y));
const WIDTHS = [64, 32] as const;

/** Whether the words relate so. */
function relates(op: Condition, a: BvTerm, b: BvTerm): BoolTerm {
  const zero = a.sort.width === 64 ? wide.zero : ALGEBRA.half.zero;
  switch (op) {
    case 'jeq':
      return eq(a, b);
    case 'jne':
      return distinct(a, b);
    case 'jset':
      return distinct(bvand(a, b), zero);
    case 'jclear':
      return eq(bvand(a, b), zero);
    case 'jgt':
      return bvult(b, a);
    case 'jge':
      return bvule(b, a);
    case 'jlt':
      return bvult(a, b);
    case 'jle':
      return bvule(a, b);
    case 'jsgt':
      return bvslt(b, a);
    case 'jsge':
      return bvsle(b, a);
    case 'jslt':
      return bvslt(a, b);
    case 'jsle':
      return bvsle(a, b);
  }
}

function holds(op: Condition, width: 32 | 64): BoolTerm {
  return width === 64 ? relates(op, x, y) : relates(op, low(x), low(y));
}

const RELATED = 'the words relate so';

/** What is learned, before the reduction, part by part. */
function learnLemmas(subject: DomainSubject, op: Condition, width: 32 | 64): Lemma[] {
  const [first, second] = domainOf(subject).learn(op, width, dst, src);
  const more = { [RELATED]: holds(op, width) };
  return [
    ...partLemmas(`${width}/${op}/dst/`, operands, first, x, more),
    ...partLemmas(`${width}/${op}/src/`, operands, second, y, more),
  ];
}

/** The way on: what is learned, reduced. */
function wayLemma(subject: DomainSubject, op: Comparison, width: 32 | 64, taken: boolean): Lemma {
  const known: BoolTerm[] = [];
  const learned = [anyState('learned_a'), anyState('learned_b')] as const;
  let calls = 0;
  const stubs: Stubs = {
    registers: () => ({
      learn: (condition) => {
        // Only what was learned from the right condition is known to hold the words.
        const right = implies(
          holds(condition, width),
          and(isMember(learned[0], x), isMember(learned[1], y)),
        );
        known.push(right);
        return learned;
      },
      sync: (one) => {
        const reduced = anyState(`reduced${calls++}`);
        for (const word of [x, y]) {
          known.push(implies(isMember(one, word), isMember(reduced, word)));
        }
        return reduced;
      },
    }),
  };
  const [first, second] = domainOf(subject, stubs).refine(op, width, taken, dst, src);
  return {
    name: `${width}/${taken ? 'taken' : 'not taken'}`,
    premises: {
      'the words go this way': holds(conditionOf(op, taken), width),
      'what is learned holds them, and so does its reduction': and(...known),
    },
    conclusion: and(isMember(first, x), isMember(second, y)),
  };
}

function decisionLemmas(subject: DomainSubject, op: Comparison, width: 32 | 64): Lemma[] {
  const { taken, notTaken } = domainOf(subject).branchTaken(op, width, dst, src);
  return [...decisionLemma(op, width, true, taken), ...decisionLemma(op, width, false, notTaken)];
}

function decisionLemma(op: Comparison, width: 32 | 64, way: boolean, decided: BoolTerm): Lemma[] {
  const name = `${width}/decided ${way ? 'taken' : 'not taken'}`;
  const condition = conditionOf(op, way);
  if (condition === 'jne') return differenceLemmas(name, width, decided);
  return [
    {
      name,
      premises: { 'the operands lie in their states': inStates, 'decided so': decided },
      conclusion: holds(condition, width),
    },
  ];
}

/** That two words differ is seen in a single part of their states: one lemma for each, and one that these are all. */
function differenceLemmas(name: string, width: 32 | 64, decided: BoolTerm): Lemma[] {
  const { half } = ALGEBRA;
  const apart = (bits: typeof wide, a: typeof dst.r64, b: typeof dst.r64) => [
    bits.ult(b.umax, a.umin),
    bits.ult(a.umax, b.umin),
    bits.slt(b.smax, a.smin),
    bits.slt(a.smax, b.smin),
  ];
  const bits = width === 64 ? wide : half;
  const cut = (word: BvTerm) => (width === 64 ? word : low(word));
  // Some bit is known of both, and differs: for constants, that they are not the same.
  const unknown = bits.or(cut(dst.varOff.mask), cut(src.varOff.mask));
  const differing = bits.xor(cut(dst.varOff.value), cut(src.varOff.value));
  const reasons = [
    distinct(bits.and(differing, bits.not(unknown)), bits.zero),
    ...apart(half, dst.r32, src.r32),
    ...(width === 64 ? apart(wide, dst.r64, src.r64) : []),
  ];
  const says = [...membership(dst, x), ...membership(src, y)];
  return [
    {
      name,
      premises: { 'decided so': decided },
      conclusion: or(...reasons),
    },
    ...reasons.map((reason, i): Lemma => {
      const variables = new Set<unknown>(freeVariables(reason));
      const relevant = says.filter((one) => freeVariables(one).some((v) => variables.has(v)));
      return {
        name: `${name}, reason ${i + 1}`,
        premises: { 'the operands lie in their states': and(...relevant), reason },
        conclusion: holds('jne', width),
      };
    }),
  ];
}

/** One for each kind of lemma. */
function faultsOf(op: Comparison): TheoremFault[] {
  const decided = variantFault('decided the wrong way', '64/decided taken', {
    registers: (old) => ({
      branchTaken: (...given) => {
        const { taken, notTaken } = old.branchTaken(...given);
        return { taken: notTaken, notTaken: taken };
      },
    }),
  });
  const ways = variantFault('the ways exchanged', '64/taken', {
    registers: (old) => ({
      refine: (one, width, taken, a, b) => old.refine(one, width, !taken, a, b),
    }),
  });
  const learned = variantFault('the least word is taken to be the greatest', `64/${op}/dst/umin`, {
    registers: (old) => ({
      learn: (one, width, a, b) => {
        const [first, second] = old.learn(one, width, a, b);
        const { umax } = first.r64;
        return one === op
          ? [{ ...first, r64: { ...first.r64, umin: umax } }, second]
          : [first, second];
      },
    }),
  });
  return [decided, ways, learned];
}

function branchTheorem(op: Comparison): Theorem {
  const conditions = [conditionOf(op, true), conditionOf(op, false)];
  return {
    name: `domain/jump/${op}`,
    statement: `On both ways on from ${op.toUpperCase()}, in 64 and in 32 bits, every pair of words that goes there lies in the refined states; a decided branch goes the way it is decided.`,
    source: SOURCE,
    method: { kind: 'cases', over: 'widths, ways on, parts of both operands' },
    expected: 'proved',
    lemmas: (subject: DomainSubject) =>
      WIDTHS.flatMap((width) => [
        ...conditions.flatMap((condition) => learnLemmas(subject, condition, width)),
        wayLemma(subject, op, width, true),
        wayLemma(subject, op, width, false),
        ...decisionLemmas(subject, op, width),
      ]),
    faults: faultsOf(op),
  };
}

export const JUMP_THEOREMS: readonly Theorem[] = COMPARISONS.map(branchTheorem);
