// Collects instructions with labels and turns them into a program.

import { invariant } from '../../model/errors.ts';
import { createInstruction, type Instruction, slotCount } from '../../model/isa/instruction.ts';
import { createProgram, type Program } from '../../model/isa/program.ts';
import type { Form, Row, RowName } from '../../model/isa/row.ts';
import { rowNamed } from '../../model/isa/table.ts';

/** A place in the code that is known later. */
export interface Label {
  /** Slot, or -1 while it is not placed. */
  slot: number;
}

type Fields = Partial<Omit<Instruction, 'row'>>;

interface Reference {
  /** Index into the instructions. */
  readonly index: number;
  readonly slot: number;
  readonly field: 'offset' | 'imm';
  readonly label: Label;
}

const rowsByName = new Map<RowName, Partial<Record<Form, Row>>>();

/** `rowNamed`, without putting name and form together for every instruction. */
function rowOf(name: RowName, form: Form): Row {
  let forms = rowsByName.get(name);
  if (forms === undefined) {
    forms = {};
    rowsByName.set(name, forms);
  }
  forms[form] ??= rowNamed(name, form);
  return forms[form];
}

export class CodeBuilder {
  private readonly instructions: Instruction[] = [];
  private readonly references: Reference[] = [];
  private slots = 0;

  /** Slots emitted so far. */
  get length(): number {
    return this.slots;
  }

  emit(name: RowName, form: Form, fields: Fields = {}): void {
    this.push(createInstruction(rowOf(name, form), fields));
  }

  push(instruction: Instruction): void {
    this.instructions.push(instruction);
    this.slots += slotCount(instruction);
  }

  label(): Label {
    return { slot: -1 };
  }

  /** Places a label before the next instruction. */
  place(label: Label): void {
    label.slot = this.slots;
  }

  /** Emits an instruction whose offset leads to a label. */
  jump(name: RowName, form: Form, label: Label, fields: Fields = {}): void {
    this.refer(label, 'offset');
    this.emit(name, form, fields);
  }

  /** Emits an instruction whose imm leads to a label: gotol, local call, code address. */
  reach(name: 'JA32' | 'CALL_LOCAL' | 'LD_CODE_ADDR', label: Label, fields: Fields = {}): void {
    this.refer(label, 'imm');
    this.emit(name, 'N', fields);
  }

  finish(): Program {
    return createProgram(this.finishInstructions());
  }

  /** The instructions with all labels resolved; nothing else is checked. */
  finishInstructions(): readonly Instruction[] {
    for (const { index, slot, field, label } of this.references) {
      invariant(label.slot >= 0, 'a label was never placed');
      const instruction = this.instructions[index]!;
      this.instructions[index] = { ...instruction, [field]: label.slot - slot - 1 };
    }
    return this.instructions;
  }

  private refer(label: Label, field: Reference['field']): void {
    this.references.push({ index: this.instructions.length, slot: this.slots, field, label });
  }
}
