// The least type information that the verifier wants of a program with local functions: since 5.10 a tail call
// in one needs BTF that says that the function returns an int.

#include "btf.h"

#include <errno.h>
#include <linux/bpf.h>
#include <linux/btf.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { TYPE_INT = 1, TYPE_PROTOTYPE = 2, TYPE_FIRST_FUNCTION = 3 };

#define NAME_BYTES 5

/** Descriptors by linkage and number of functions, kept: every program with as many of them can use the same. */
static int objects[BTF_FUNC_GLOBAL + 1][FUNCTIONS_MAX + 1];

static uint32_t info(uint32_t kind, uint32_t vlen)
{
	return kind << 24 | vlen;
}

uint32_t btf_function_type(uint32_t function)
{
	return TYPE_FIRST_FUNCTION + function;
}

static int load_object(uint32_t functions, uint32_t linkage)
{
	static uint8_t bytes[sizeof(struct btf_header) + 64 + FUNCTIONS_MAX * (sizeof(struct btf_type) + NAME_BYTES)];
	struct btf_header *header = (void *)bytes;
	uint32_t *at = (void *)(bytes + sizeof(*header));
	char *names;
	union bpf_attr attr;

	memset(bytes, 0, sizeof(bytes));
	// name, info, size; then what an int is: signed, 32 bits
	*at++ = 1;
	*at++ = info(BTF_KIND_INT, 0);
	*at++ = 4;
	*at++ = BTF_INT_SIGNED << 24 | 32;
	*at++ = 0;
	*at++ = info(BTF_KIND_FUNC_PROTO, 0);
	*at++ = TYPE_INT;
	for (uint32_t i = 0; i < functions; i++) {
		*at++ = 5 + NAME_BYTES * i;
		*at++ = info(BTF_KIND_FUNC, linkage);
		*at++ = TYPE_PROTOTYPE;
	}
	names = (char *)at;
	memcpy(names + 1, "int", 4);
	for (uint32_t i = 0; i < functions; i++)
		snprintf(names + 5 + NAME_BYTES * i, NAME_BYTES, "f%03u", i);
	*header = (struct btf_header){
		.magic = BTF_MAGIC,
		.version = BTF_VERSION,
		.hdr_len = sizeof(*header),
		.type_len = (uint8_t *)names - bytes - sizeof(*header),
		.str_off = (uint8_t *)names - bytes - sizeof(*header),
		.str_len = 5 + NAME_BYTES * functions,
	};
	memset(&attr, 0, sizeof(attr));
	attr.btf = (uintptr_t)bytes;
	attr.btf_size = sizeof(*header) + header->type_len + header->str_len;
	return syscall(SYS_bpf, BPF_BTF_LOAD, &attr, sizeof(attr));
}

int btf_of_functions(uint32_t functions, uint32_t linkage)
{
	if (functions > FUNCTIONS_MAX || linkage > BTF_FUNC_GLOBAL) {
		errno = E2BIG;
		return -1;
	}
	if (objects[linkage][functions] <= 0)
		objects[linkage][functions] = load_object(functions, linkage);
	return objects[linkage][functions];
}
