// LD_IMM64: 64-bit constants, maps, and addresses inside a map's value.

import { invariant } from '../../errors.ts';
import type { Instruction } from '../../isa/instruction.ts';
import type { LdImm64Op } from '../../isa/operations.ts';
import type { Transfer } from '../parts.ts';
import { Register } from '../state/register.ts';
import type { Verification } from '../verification.ts';
import { scalarRegister } from './scalar.ts';

/** What a load of 64 bits gives. */
export const ldImm64: Transfer = (v, instruction) => {
  const operation = kindOf(instruction);
  v.define(instruction.dst, LOADED[operation](v, instruction));
  return v.pc + 2;
};

function kindOf({ row }: Instruction): LdImm64Op {
  invariant(row.operation.family === 'ld_imm64', `${row.name} loads 64 bits`);
  return row.operation.op;
}

type Load = (v: Verification, instruction: Instruction) => Register;

const loadMap: Load = (v, { imm }) =>
  new Register('map_ptr', v.domain.constant(0n), 0, 0, false, 0, imm);

const loadMapValue: Load = (v, { imm, nextImm }) =>
  new Register('map_value', v.domain.constant(0n), nextImm, 0, false, 0, imm);

const LOADED: Readonly<Record<LdImm64Op, Load>> = {
  LD_IMM64: (v, { imm, nextImm }) => {
    const upper = BigInt.asUintN(32, BigInt(nextImm)) << 32n;
    return scalarRegister(v, v.domain.constant(upper | BigInt.asUintN(32, BigInt(imm))));
  },
  LD_MAP_FD: loadMap,
  LD_MAP_IDX: loadMap,
  LD_MAP_VALUE_FD: loadMapValue,
  LD_MAP_VALUE_IDX: loadMapValue,
  LD_VAR_ADDR: (v, { imm }) => v.unsupported(`variable of BTF id ${imm}`),
  LD_CODE_ADDR: (v) => v.unsupported('pointer to a function'),
};
