// Instructions: what an operation makes of words lies in what it makes of their states. The operation first, part by
// part and without reduction; then the instruction around it, with extension and reduction as far as their theorems
// go. Multiplication is in multiply.ts.

import type { AluOperation } from '../../../model/domain/index.ts';
import {
  and,
  type BoolTerm,
  type BvTerm,
  bvadd,
  bvand,
  bvashr,
  bvlshr,
  bvmul,
  bvor,
  bvshl,
  bvsub,
  bvxor,
  implies,
} from '../../terms/index.ts';
import type { Lemma, Theorem, TheoremFault } from '../theorem.ts';
import {
  ALGEBRA,
  anyRange,
  anyState,
  Contracts,
  type DomainSubject,
  domainOf,
  inTnum,
  isMember,
  partLemmas,
  type Stubs,
  type TermDomain,
  type TermState,
  type TermTnum,
  variantFault,
  x,
  y,
} from './subject.ts';

const SOURCE = 'linux-tail-calls §6.4';
const { wide, half, low, zext } = ALGEBRA;
export const [dst, src] = [anyState('a'), anyState('b')];
const operands = [
  [dst, x],
  [src, y],
] as const;

type Meaning = (x: BvTerm, y: BvTerm) => BvTerm;
type Shift = 'lsh' | 'rsh' | 'arsh';
type Simple = 'add' | 'sub' | 'and' | 'or' | 'xor';

export const MEANING: Readonly<Record<Simple | Shift | 'mul', Meaning>> = {
  add: bvadd,
  sub: bvsub,
  mul: bvmul,
  and: bvand,
  or: bvor,
  xor: bvxor,
  lsh: bvshl,
  rsh: bvlshr,
  arsh: bvashr,
};

/**
 * The instruction around an operation: what the operation gives is taken for granted as far as its own lemmas say it,
 * and so are extension and reduction.
 */
export function instructionLemma(
  subject: DomainSubject,
  op: AluOperation,
  width: 32 | 64,
  word: BvTerm,
): Lemma {
  const known: BoolTerm[] = [];
  const [computed, extended, reduced] = [
    anyState('computed'),
    anyState('extended'),
    anyState('reduced'),
  ];
  const inHalf = and(...halfMembership(computed, low(word)));
  const stubs: Stubs = {
    registers: () => ({
      transfer: () => computed,
      zeroExtend: (one) => {
        if (one === computed) known.push(implies(inHalf, isMember(extended, zext(low(word)))));
        return extended;
      },
      sync: (one) => {
        known.push(implies(isMember(one, word), isMember(reduced, word)));
        return reduced;
      },
    }),
  };
  const result = domainOf(subject, stubs).alu(op, width, dst, src);
  const given = width === 64 ? isMember(computed, word) : inHalf;
  return {
    name: `${width}/instruction`,
    premises: {
      'what the operation makes of the words lies in its state': given,
      'extension and reduction keep it (their theorems)': and(...known),
    },
    conclusion: isMember(result, word),
  };
}

/** What it means that a word of half the width lies in the lower half of a state. */
function halfMembership(state: TermState, word: BvTerm): readonly BoolTerm[] {
  const value = low(state.varOff.value);
  const mask = low(state.varOff.mask);
  return [
    half.eq(half.and(word, half.not(mask)), value),
    ...[half.ule(state.r32.umin, word), half.ule(word, state.r32.umax)],
    ...[half.sle(state.r32.smin, word), half.sle(word, state.r32.smax)],
  ];
}

/** A fault in one bound of one operation, in both widths or in one. */
function boundFault(op: Simple, name: string, lemma: string): TheoremFault {
  return variantFault(name, lemma, {
    range: (old, { bits }) => ({
      [op]: (a: never, b: never, t: never) => {
        const result = (old[op] as (a: never, b: never, t: never) => ReturnType<typeof old.add>)(
          a,
          b,
          t,
        );
        return { ...result, umax: bits.and(result.umax, bits.not(bits.one)) };
      },
    }),
  } as Parameters<typeof variantFault>[2]);
}

/** The tnum of the result, of whose operator is only known what its own theorem says. */
function tnumLemma(subject: DomainSubject, op: Simple, word: BvTerm): Lemma {
  const name = `scalar${op[0]!.toUpperCase()}${op.slice(1)}` as 'scalarAdd';
  const contracts = new Contracts();
  const stub = (a: TermTnum, b: TermTnum): TermTnum =>
    contracts.tnum((result) => implies(and(inTnum(a, x), inTnum(b, y)), inTnum(result, word)));
  const result = domainOf(subject, { tnum: { [op]: stub } })[name](dst, src);
  return {
    name: 'tnum',
    premises: {
      'the operands lie in their tnums': and(inTnum(dst.varOff, x), inTnum(src.varOff, y)),
      'the operator on tnums is sound (its theorem)': contracts.known,
    },
    conclusion: inTnum(result.varOff, word),
  };
}

function simpleTheorem(op: Simple): Theorem {
  const name = `scalar${op[0]!.toUpperCase()}${op.slice(1)}` as 'scalarAdd';
  const word = MEANING[op](x, y);
  return {
    name: `domain/alu/${op}`,
    statement: `What ${op.toUpperCase()} makes of two words, in 64 and in 32 bits, lies in what it makes of their states.`,
    source: SOURCE,
    method: { kind: 'cases', over: 'the parts of the result, then its extension and reduction' },
    expected: 'proved',
    lemmas: (subject: DomainSubject) => [
      tnumLemma(subject, op, word),
      ...partLemmas('', operands, domainOf(subject)[name](dst, src), word).filter(
        (lemma) => lemma.name !== 'tnum',
      ),
      {
        name: 'halves',
        premises: {},
        conclusion: half.eq(low(word), MEANING[op](low(x), low(y))),
      },
      instructionLemma(subject, op, 64, word),
      instructionLemma(subject, op, 32, zext(low(word))),
    ],
    faults: [
      boundFault(op, 'the lowest bit of the greatest word forgotten', 'umax'),
      boundFault(op, 'the same in halves', 'u32_max'),
    ],
  };
}

/** Shifts: by a constant count, because the verifier computes no others. */
function shiftTheorem(op: Shift): Theorem {
  const upperCase = `${op[0]!.toUpperCase()}${op.slice(1)}`;
  const wideName = `scalar${upperCase}` as 'scalarLsh';
  const halfName = `scalar32${upperCase}` as 'scalar32Lsh';
  const counted = (count: BvTerm): TermState => ({
    varOff: { value: count, mask: wide.zero },
    r64: { umin: count, umax: count, smin: count, smax: count },
    r32: { umin: low(count), umax: low(count), smin: low(count), smax: low(count) },
  });
  const by = counted(y);
  const word = MEANING[op](x, y);
  const shortWord = zext(MEANING[op](low(x), low(y)));
  const isBelow = (limit: number) => wide.ult(y, wide.of(BigInt(limit)));
  const fault = (part: 'varOff' | 'r64' | 'r32'): Parameters<typeof variantFault>[2] => ({
    registers: (old) => ({
      [wideName]: (a: Parameters<typeof old.scalarLsh>[0], b: typeof a) => ({
        ...old[wideName](a, b),
        [part]: a[part],
      }),
    }),
  });
  return {
    name: `domain/alu/${op}`,
    statement: `What ${op.toUpperCase()} by a constant count makes of a word, in 64 and in 32 bits, lies in what it makes of its state.`,
    source: SOURCE,
    method: { kind: 'cases', over: 'the parts of the result, then its extension and reduction' },
    expected: 'proved',
    lemmas: (subject: DomainSubject) => {
      const d = domainOf(subject);
      return [
        ...partLemmas('', [[dst, x]], d[wideName](dst, by), word, { 'below 64': isBelow(64) }),
        ...partLemmas('32/', [[dst, x]], d[halfName](dst, by), shortWord, {
          'below 32': isBelow(32),
        }),
        gateLemma(subject, op, 64),
        gateLemma(subject, op, 32),
        instructionLemma(subject, op, 64, word),
        instructionLemma(subject, op, 32, shortWord),
      ];
    },
    faults: [
      variantFault('the tnum is not shifted', 'tnum', fault('varOff')),
      variantFault('no check of the count', '64/gate', {
        registers: (old) => ({ alu: (one, _, a, b) => old.sync(old.transfer(one, 64, a, b)) }),
      }),
    ],
  };
}

/** A shift is computed only by a count that is one word below the width; else the result is unknown. */
function gateLemma(subject: DomainSubject, op: Shift, width: 32 | 64): Lemma {
  const computed = anyState('computed');
  const marker = anyRange('marker', 64);
  const stubs: Stubs = {
    registers: () => ({
      transfer: () => ({ ...computed, r64: marker }),
      zeroExtend: (one) => one,
      sync: (one) => one,
    }),
  };
  const d = domainOf(subject, stubs);
  const result = d.alu(op, width, dst, src);
  const bits = width === 64 ? wide : half;
  const count = width === 64 ? y : low(y);
  const limit = wide.of(BigInt(bits.width));
  const bounds = width === 64 ? src.r64 : src.r32;
  // The operation uses the least count, and here the word's count is that.
  const exact = and(wide.ult(y, limit), bits.eq(count, bounds.umin));
  return {
    name: `${width}/gate`,
    premises: {
      'the count lies in its state': isMember(src, y),
      'the operation is computed': wide.eq(result.r64.umax, marker.umax),
      'the result is not unknown': wide.ult(marker.umax, wide.ones),
    },
    conclusion: exact,
  };
}

/** Operations that the verifier knows nothing of. */
const OPEN: readonly AluOperation[] = ['div', 'mod', 'sdiv', 'smod'];

function openTheorem(op: AluOperation): Theorem {
  return {
    name: `domain/alu/${op}`,
    statement: `The result of ${op.toUpperCase()} is unknown, but for zeros above 32 bits, and so it holds every word.`,
    source: SOURCE,
    method: { kind: 'direct' },
    expected: 'proved',
    lemmas: (subject: DomainSubject) =>
      openLemmas(domainOf(subject), (d, width) => d.alu(op, width, dst, src)),
    faults: [
      variantFault('what the dividend was', '64', {
        registers: () => ({ alu: (_op, _width, a) => a }),
      }),
    ],
  };
}

/** Zeros above a result of 32 bits are what some versions know of it, and what others do not. */
const ZEROS_ABOVE = 'the upper half is zero';

function openLemmas(d: TermDomain, result: (d: TermDomain, width: 32 | 64) => TermState): Lemma[] {
  return ([64, 32] as const).map((width) => ({
    name: `${width}`,
    premises: width === 64 ? {} : { [ZEROS_ABOVE]: wide.eq(zext(low(x)), x) },
    conventions: width === 64 ? [] : [ZEROS_ABOVE],
    conclusion: isMember(result(d, width), x),
  }));
}

/** Moves: the extension around which they are, and the reduction, are only known by their theorems. */
function moveLemma(
  subject: DomainSubject,
  name: string,
  word: BvTerm,
  move: (d: TermDomain) => TermState,
): Lemma {
  const known: BoolTerm[] = [];
  let calls = 0;
  const keeps = (before: BvTerm, after: BvTerm) => (one: TermState) => {
    const result = anyState(`call${calls++}`);
    known.push(implies(isMember(one, before), isMember(result, after)));
    return result;
  };
  const stubs: Stubs = {
    registers: () => ({
      zeroExtend: (one) => keeps(one === src ? y : word, word)(one),
      signExtend: keeps(y, word),
      signExtendHalf: keeps(y, word),
      sync: keeps(word, word),
    }),
  };
  const result = move(domainOf(subject, stubs));
  return {
    name,
    premises: {
      'the word lies in its state': isMember(src, y),
      'extension and reduction keep it (their theorems)': and(...known),
    },
    conventions: known.length === 0 ? ['extension and reduction keep it (their theorems)'] : [],
    conclusion: isMember(result, word),
  };
}

const MOVES: readonly Theorem[] = [
  {
    name: 'domain/alu/mov',
    statement:
      'What MOV copies, the whole register or its lower half with zeros above, lies in its state.',
    source: SOURCE,
    method: { kind: 'cases', over: 'the widths' },
    expected: 'proved',
    lemmas: (subject: DomainSubject) => [
      moveLemma(subject, '64', y, (d) => d.mov(64, src)),
      moveLemma(subject, '32', zext(low(y)), (d) => d.mov(32, src)),
    ],
    faults: [
      variantFault('no zeros above', '32', { registers: () => ({ mov: (_width, a) => a }) }),
    ],
  },
  {
    name: 'domain/alu/movsx',
    statement: 'What MOVSX copies, with copies of its sign above, lies in its state.',
    source: SOURCE,
    method: { kind: 'cases', over: 'the widths and sizes' },
    expected: 'proved',
    lemmas: (subject: DomainSubject) => [
      ...[8, 16, 32].map((size) =>
        moveLemma(subject, `64/${size}`, signed(wide, y, size), (d) => d.movsx(64, size, src)),
      ),
      ...[8, 16].map((size) =>
        moveLemma(subject, `32/${size}`, zext(signed(half, low(y), size)), (d) =>
          d.movsx(32, size, src),
        ),
      ),
    ],
    faults: [
      variantFault('nothing is extended', '64/8', {
        registers: () => ({ movsx: (_width, _size, a) => a }),
      }),
    ],
  },
];

/** The lowest `size` bits with copies of their sign above. */
function signed(bits: typeof wide, word: BvTerm, size: number): BvTerm {
  const count = bits.of(BigInt(bits.width - size));
  return bits.ashr(bits.shl(word, count), count);
}

const UNARY: readonly Theorem[] = (['neg', 'end'] as const).map((op) => ({
  name: `domain/alu/${op}`,
  statement: `The result of ${op.toUpperCase()} is unknown, and so it holds every word.`,
  source: SOURCE,
  method: { kind: 'direct' },
  expected: 'proved',
  lemmas: (subject: DomainSubject) =>
    openLemmas(domainOf(subject), (d, width) => (op === 'neg' ? d.neg(width, dst) : d.end(dst))),
  faults: [
    variantFault('what it was', '64', {
      registers: () => ({ neg: (_width, a) => a, end: (a) => a }),
    }),
  ],
}));

export const ALU_THEOREMS: readonly Theorem[] = [
  ...(['add', 'sub', 'and', 'or', 'xor'] as const).map(simpleTheorem),
  ...(['lsh', 'rsh', 'arsh'] as const).map(shiftTheorem),
  ...OPEN.map(openTheorem),
  ...MOVES,
  ...UNARY,
];
