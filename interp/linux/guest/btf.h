// The least type information that the verifier wants of a program with local functions.

#ifndef TAILPROOF_BTF_H
#define TAILPROOF_BTF_H

#include <stdint.h>

#define FUNCTIONS_MAX 320

/** A BTF object with so many functions `int f(void)`. @returns its descriptor, or -1 with errno. */
int btf_of_functions(uint32_t functions);
/** The type of the n-th function in it. */
uint32_t btf_function_type(uint32_t function);

#endif
