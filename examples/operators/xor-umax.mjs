// A proposal that sounds right: "the greatest XOR is the greater of the two". It is refuted:
// tailproof prove 'domain/alu/xor' --operator examples/operators/xor-umax.mjs
export const variant = {
  range: (old, { bits }) => ({
    xor: (a, b, varOff) => ({ ...old.xor(a, b, varOff), umax: bits.maxU(a.umax, b.umax) }),
  }),
};
