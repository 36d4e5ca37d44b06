// The printed form of goals.

import { expect, test } from 'vitest';
import { InternalError } from '../../../model/errors.ts';
import * as t from '../../../smt/terms/index.ts';

function sampleGoal(): t.BoolTerm[] {
  const [y, x] = [t.bvVar('y', 8), t.bvVar('x', 8)];
  const sum = t.bvadd(x, y);
  const odd = t.boolVar('is odd');
  return [
    t.and(odd, t.bvult(t.bvmul(sum, sum), t.bv(8, 9n)), t.not(t.eq(x, y))),
    t.eq(t.concat(t.extract(4, 2, sum), t.bv(3, 5n)), t.signExtend(5, t.extract(0, 0, x))),
  ];
}

test('a goal as a script', () => {
  expect(t.goalScript(sampleGoal())).toMatchInlineSnapshot(`
    "(set-logic QF_BV)
    (declare-fun |is odd| () Bool)
    (declare-fun x () (_ BitVec 8))
    (declare-fun y () (_ BitVec 8))
    (define-fun $1 () (_ BitVec 8) (bvadd x y))
    (assert (and (and |is odd| (bvult (bvmul $1 $1) #x09)) (not (= x y))))
    (assert (= (concat ((_ extract 4 2) $1) #b101) ((_ sign_extend 5) ((_ extract 0 0) x))))
    (check-sat)
    "
  `);
});

test('a goal with arrays', () => {
  const m = t.arrayVar('m', 4, 8);
  const i = t.bvVar('let', 4);
  const written = t.store(m, i, t.bv(8, 1n));
  const goal = [t.eq(written, t.constArray(4, t.bv(8, 2n))), t.boolVar('$1')];
  expect(t.goalScript(goal)).toMatchInlineSnapshot(`
    "(set-logic QF_ABV)
    (declare-fun $1 () Bool)
    (declare-fun |let| () (_ BitVec 4))
    (declare-fun m () (Array (_ BitVec 4) (_ BitVec 8)))
    (assert (= (store m |let| #x01) ((as const (Array (_ BitVec 4) (_ BitVec 8))) #x02)))
    (assert $1)
    (check-sat)
    "
  `);
});

test('the text does not depend on ids', () => {
  const first = t.goalScript(sampleGoal());
  t.clearTerms();
  // Another order of creation gives other ids.
  t.bvmul(t.bvVar('x', 8), t.bvadd(t.bvVar('x', 8), t.bvVar('y', 8)));
  t.signExtend(5, t.extract(0, 0, t.bvVar('x', 8)));
  expect(t.goalScript(sampleGoal())).toBe(first);
});

test('the text is as long as the graph, not as the tree', () => {
  let doubled: t.BvTerm = t.bvVar('x', 64);
  for (let i = 0; i < 200; i++) doubled = t.bvmul(doubled, doubled);
  expect(t.goalScript([t.eq(doubled, t.bv(64, 3n))]).length).toBeLessThan(20_000);
});

test('symbols are quoted where they must be', () => {
  expect(['x', 'r0!1', '0x', 'a b', '', 'let', 'check-sat', 'bv8'].map(t.symbolText)).toEqual([
    'x',
    'r0!1',
    '|0x|',
    '|a b|',
    '||',
    '|let|',
    '|check-sat|',
    'bv8',
  ]);
  expect(() => t.symbolText('a|b')).toThrow(InternalError);
});
