// Multiplication. Of tnums: a loop over the bits of the first operand, whose invariant says how much of the product is
// still to come. Of bounds: products keep order, by induction over the bits of a factor. Everything about `*` itself
// rests on one law: (2h + l) * y = l * y + h * (2 * y).

import type { MulStep } from '../../../model/domain/index.ts';
import { UnsupportedError } from '../../../model/errors.ts';
import {
  and,
  type BoolTerm,
  type BvTerm,
  bool,
  bvadd,
  bvand,
  bvlshr,
  bvmul,
  bvshl,
  bvsub,
  bvVar,
  concat,
  eq,
  extract,
  implies,
  ite,
  zeroExtend,
} from '../../terms/index.ts';
import type { Lemma, Theorem } from '../theorem.ts';
import { dst, instructionLemma, src } from './arithmetic.ts';
import {
  ALGEBRA,
  anyTnum,
  Contracts,
  type DomainSubject,
  domainOf,
  inTnum,
  membership,
  opaqueProducts,
  PARTS,
  type TermTnum,
  variantFault,
  WIDTH,
  x,
  y,
} from './subject.ts';

const { wide, half, low } = ALGEBRA;
const one = wide.one;
const isOdd = (word: BvTerm): BoolTerm => eq(bvand(word, one), one);

/** The law of distribution for one bit of the first factor. The only lemma about products that is not linear. */
function distribution(): Lemma[] {
  const rest = bvVar('h', WIDTH - 1);
  const last = bvVar('l', 1);
  const factor = concat(rest, last);
  const h = zeroExtend(1, rest);
  const isSet = eq(last, extract(0, 0, one));
  return [
    {
      name: 'product/split',
      premises: {},
      conclusion: eq(
        bvmul(bvadd(bvadd(h, h), zeroExtend(WIDTH - 1, last)), y),
        bvadd(bvmul(h, bvadd(y, y)), bvmul(zeroExtend(WIDTH - 1, last), y)),
      ),
    },
    {
      name: 'product/bits',
      premises: {},
      conclusion: and(
        eq(factor, bvadd(bvadd(h, h), zeroExtend(WIDTH - 1, last))),
        eq(h, bvlshr(factor, one)),
        eq(isSet, isOdd(factor)),
        eq(bvadd(y, y), bvshl(y, one)),
        eq(bvmul(zeroExtend(WIDTH - 1, last), y), ite(isSet, y, wide.zero)),
      ),
    },
  ];
}

/** What is left of a product once the lowest bit of the first factor is done. */
interface Rest {
  readonly done: BvTerm;
  readonly todo: BvTerm;
}

/** The words that the two tnums of a step stand for, and how much of both products is done. */
const [u, v] = [bvVar('u', WIDTH), bvVar('v', WIDTH)];
const [a, b, sum] = [anyTnum('a'), anyTnum('b'), anyTnum('sum')];
const whole = bvVar('whole', WIDTH);
const known = bvVar('known', WIDTH);
/** u * v and a.value * b.value, before the step and after it; of variables, so that no product is left. */
const product: Rest = { done: bvVar('done', WIDTH), todo: bvVar('todo', WIDTH) };
const values: Rest = { done: bvVar('done_values', WIDTH), todo: bvVar('todo_values', WIDTH) };
const nextTodo = bvVar('todo_after', WIDTH);
const nextValuesTodo = bvVar('todo_values_after', WIDTH);

const added = (factor: BvTerm, term: BvTerm): BvTerm => ite(isOdd(factor), term, wide.zero);

/**
 * The invariant of the multiplication by partial products: what is done of the product, less what is done of the
 * product of the values, lies in the sum.
 */
function stepLemmas(subject: DomainSubject): Lemma[] {
  const d = domainOf(subject);
  const multiplication = d.rules.multiplication;
  if (multiplication === 'hma') {
    throw new UnsupportedError('half-multiply-add goes through its operands twice');
  }
  const after = d.tnum.mulStep({ a, b, sum });
  const lies = and(inTnum(a, u), inTnum(b, v));
  const byDifference = multiplication === 'partial-products';
  const nextDone = bvadd(product.done, added(u, v));
  const nextValues = bvadd(values.done, added(a.value, b.value));
  const inSum = (tnum: TermTnum, done: BvTerm, doneValues: BvTerm) =>
    inTnum(tnum, byDifference ? bvsub(done, doneValues) : done);
  return [
    {
      name: 'step/operands',
      premises: { 'u and v lie in a and b': lies },
      conclusion: and(inTnum(after.a, bvlshr(u, one)), inTnum(after.b, bvshl(v, one))),
    },
    {
      name: 'step/values',
      premises: {},
      conclusion: and(
        eq(after.a.value, bvlshr(a.value, one)),
        eq(after.b.value, bvshl(b.value, one)),
      ),
    },
    {
      name: 'step/sum',
      premises: {
        'u and v lie in a and b': lies,
        'what is done lies in the sum': inSum(sum, product.done, values.done),
      },
      conclusion: inSum(after.sum, nextDone, nextValues),
    },
    {
      name: 'step/product',
      premises: {
        'done and to do are the product': and(
          eq(whole, bvadd(product.done, product.todo)),
          eq(known, bvadd(values.done, values.todo)),
        ),
        'the law of distribution': and(
          eq(product.todo, bvadd(nextTodo, added(u, v))),
          eq(values.todo, bvadd(nextValuesTodo, added(a.value, b.value))),
        ),
      },
      conclusion: and(
        eq(whole, bvadd(nextDone, nextTodo)),
        eq(known, bvadd(nextValues, nextValuesTodo)),
      ),
    },
    {
      name: 'end',
      premises: {
        'no bits are left': and(eq(u, wide.zero), eq(a.value, wide.zero)),
        'nothing is to do then': and(
          implies(eq(u, wide.zero), eq(product.todo, wide.zero)),
          implies(eq(a.value, wide.zero), eq(values.todo, wide.zero)),
        ),
        'done and to do are the product': and(
          eq(whole, bvadd(product.done, product.todo)),
          eq(known, bvadd(values.done, values.todo)),
        ),
        'what is done lies in the sum': inSum(sum, product.done, values.done),
      },
      conclusion: inTnum(byDifference ? d.tnum.add(d.tnum.constant(known), sum) : sum, whole),
    },
    {
      name: 'start',
      premises: {},
      conclusion: and(
        inSum(d.tnum.constant(wide.zero), wide.zero, wide.zero),
        eq(bvmul(wide.zero, y), wide.zero),
      ),
    },
    loopLemma(subject),
  ];
}

/** The operator is the loop: as many steps as there are bits, from nothing done; and no bits are left then. */
function loopLemma(subject: DomainSubject): Lemma {
  const { rules, tnum } = domainOf(subject);
  let steps = 0;
  let isChained = true;
  let next = { a, b, sum: tnum.constant(wide.zero) };
  const stubbed = domainOf(subject, {
    tnum: {
      mulStep: (step) => {
        isChained &&= sameStep(step, next);
        const [value, mask] = [bvlshr(step.a.value, one), bvlshr(step.a.mask, one)];
        next = { a: { value, mask }, b: step.b, sum: anyTnum(`sum${++steps}`) };
        return next;
      },
    },
  });
  const result = stubbed.tnum.mul(a, b);
  const byDifference = rules.multiplication === 'partial-products';
  const known = tnum.constant(bvmul(a.value, b.value));
  const expected = byDifference ? tnum.add(known, next.sum) : next.sum;
  return {
    name: 'loop',
    premises: {},
    conclusion: and(
      bool(isChained && steps === WIDTH),
      eq(result.value, expected.value),
      eq(result.mask, expected.mask),
      eq(next.a.value, wide.zero),
      eq(next.a.mask, wide.zero),
    ),
  };
}

/** Terms are one object where they are the same. */
function sameStep(step: MulStep<BvTerm>, other: MulStep<BvTerm>): boolean {
  return (['a', 'b', 'sum'] as const).every(
    (part) => step[part].value === other[part].value && step[part].mask === other[part].mask,
  );
}

const TNUM_MUL: Theorem = {
  name: 'domain/tnum/mul',
  statement: 'x * y lies in the product of tnums.',
  source: 'Vishwanathan et al., CGO 2022, algorithm 4',
  method: { kind: 'induction', on: 'the bits of the first operand' },
  expected: 'proved',
  lemmas: (subject: DomainSubject) => [...distribution(), ...stepLemmas(subject)],
  faults: [
    variantFault('values of open bits forgotten', 'step/sum', {
      tnum: (old, { bits }) => ({
        mulStep: (step) =>
          old.mulStep({
            ...step,
            b: { value: bits.and(step.b.value, bits.not(step.a.mask)), mask: step.b.mask },
          }),
      }),
    }),
    variantFault('one bit too few', 'loop', {
      tnum: (old, { bits }) => ({
        mul: (first, second) =>
          old.mul({ value: bits.and(first.value, bits.signedMax), mask: first.mask }, second),
      }),
    }),
  ],
};

/** Factors that have a product in `width` bits, as words of that width. */
function orderLemmas(width: 32 | 64): Lemma[] {
  const bits = width === 64 ? wide : half;
  const factorMax = bits.of((1n << BigInt(width / 2)) - 1n);
  const [p, q, c, s, t] = ['p', 'q', 'c', 's', 't'].map((name) =>
    bvVar(`${name}${width}`, width),
  ) as [BvTerm, BvTerm, BvTerm, BvTerm, BvTerm];
  const isSet = eq(bits.and(c, bits.one), bits.one);
  const rest = bits.lshr(c, bits.one);
  const times = (factor: BvTerm): BvTerm =>
    bits.sub(bits.shl(factor, bits.of(BigInt(width / 2))), factor);
  /** p <= q and so p * c <= q * c <= (2^(width/2) - 1) * c, where s and t are the two products. */
  const ordered = (lesser: BvTerm, greater: BvTerm, factor: BvTerm) =>
    and(bits.ule(lesser, greater), bits.ule(greater, times(factor)));
  const next = (word: BvTerm, sum: BvTerm) =>
    bits.add(bits.add(sum, sum), bits.ite(isSet, word, bits.zero));
  return [
    {
      name: `${width}/order/step`,
      premises: {
        'the factors fit': and(bits.ule(q, factorMax), bits.ule(c, factorMax)),
        'p <= q': bits.ule(p, q),
        'so for all bits of c but the last': ordered(s, t, rest),
      },
      conclusion: ordered(next(p, s), next(q, t), c),
    },
    {
      name: `${width}/order/start`,
      premises: {},
      conclusion: ordered(bits.zero, bits.zero, bits.zero),
    },
  ];
}

/** Bounds of a product, from the order of products; each product is a variable here. */
function boundLemmas(subject: DomainSubject): Lemma[] {
  const contracts = new Contracts();
  const algebra = opaqueProducts();
  const word = algebra.wide.mul(x, y);
  const lowWord = algebra.half.mul(low(x), low(y));
  const stubs = { tnum: { mul: () => contracts.tnum((result) => inTnum(result, word)) } };
  const result = domainOf(subject, stubs, algebra).scalarMul(dst, src);
  return membership(result, word).map((conclusion, i): Lemma => {
    const name = PARTS[i]!;
    if (name === 'tnum') {
      const premises = { 'x * y lies in the product of tnums (its theorem)': contracts.known };
      return { name, premises, conclusion };
    }
    const isHalf = name.includes('32');
    const bits = isHalf ? algebra.half : algebra.wide;
    const [first, second] = isHalf ? [low(x), low(y)] : [x, y];
    const [r1, r2] = isHalf ? [dst.r32, src.r32] : [dst.r64, src.r64];
    const factorMax = bits.of((1n << BigInt(bits.width / 2)) - 1n);
    const fits = (factor: BvTerm) => bits.ule(factor, factorMax);
    const keepsOrder = (a1: BvTerm, a2: BvTerm, b1: BvTerm, b2: BvTerm): BoolTerm =>
      implies(
        and(fits(b1), fits(b2), bits.ule(a1, b1), bits.ule(a2, b2)),
        bits.ule(bits.mul(a1, a2), bits.mul(b1, b2)),
      );
    const part = isHalf ? 5 : 1;
    const members = [
      ...membership(dst, x).slice(part, part + 4),
      ...membership(src, y).slice(part, part + 4),
    ];
    const halves = 'the half of a product is the product of halves (its lemma)';
    return {
      name,
      premises: {
        'the operands lie in their states': and(...members),
        'products keep order (their lemmas)': and(
          keepsOrder(r1.umin, r2.umin, first, second),
          keepsOrder(first, second, r1.umax, r2.umax),
        ),
        ...(isHalf ? { [halves]: eq(low(word), lowWord) } : {}),
      },
      conclusion,
    };
  });
}

const ALU_MUL: Theorem = {
  name: 'domain/alu/mul',
  statement:
    'What MUL makes of two words, in 64 and in 32 bits, lies in what it makes of their states.',
  source: 'linux-tail-calls §6.4',
  method: { kind: 'induction', on: 'the bits of a factor, for the order of products' },
  expected: 'proved',
  lemmas: (subject: DomainSubject) => [
    ...orderLemmas(64),
    ...orderLemmas(32),
    {
      name: 'halves',
      premises: {},
      conclusion: eq(low(bvmul(x, y)), bvmul(low(x), low(y))),
    },
    ...boundLemmas(subject),
    instructionLemma(subject, 'mul', 64, bvVar('product', WIDTH)),
    instructionLemma(subject, 'mul', 32, zeroExtend(WIDTH / 2, bvVar('product', WIDTH / 2))),
  ],
  faults: [
    variantFault('factors that are too large', 'umax', {
      range: (old, { bits }) => ({
        mul: (first, second) => ({
          ...old.mul(first, second),
          umax: bits.mul(first.umax, second.umax),
        }),
      }),
    }),
  ],
};

export const MULTIPLY_THEOREMS: readonly Theorem[] = [TNUM_MUL, ALU_MUL];
