// The least type information that the verifier wants of a program with local functions.

#ifndef TAILPROOF_BTF_H
#define TAILPROOF_BTF_H

#include <stdint.h>

#define FUNCTIONS_MAX 320

/**
 * A BTF object with so many functions `int f(void)`.
 * @param linkage BTF_FUNC_STATIC, or BTF_FUNC_GLOBAL for functions that the verifier checks on their own and that
 *   extensions can replace.
 * @returns its descriptor, or -1 with errno.
 */
int btf_of_functions(uint32_t functions, uint32_t linkage);
/** The type of the n-th function in it. */
uint32_t btf_function_type(uint32_t function);

#endif
