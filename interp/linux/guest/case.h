// What the operations of one case share.

#ifndef TAILPROOF_CASE_H
#define TAILPROOF_CASE_H

#include "wire.h"

#include <linux/bpf.h>

#define MAPS_MAX 128
#define PROGRAMS_MAX 256
#define LINKS_MAX 16
/** A slot or a map that is not there. */
#define NONE UINT32_MAX

struct map {
	int fd;
	uint32_t type;
	uint32_t key_size;
	uint32_t value_size;
	uint32_t max_entries;
};

struct bpf_case {
	struct map maps[MAPS_MAX];
	uint32_t map_count;
	int programs[PROGRAMS_MAX];
	uint32_t program_count;
	int links[LINKS_MAX];
	uint32_t link_count;
	int unprivileged;
};

typedef void operate(struct bpf_case *c, struct reader *in, struct writer *out);

// case.c
operate settings, map_create, prog_load, attach;
// elements.c
operate map_update, slot_update, map_delete, map_lookup, map_lookup_and_delete, map_next_key, map_freeze, map_dump;
// runs.c
operate run, race;

long bpf(enum bpf_cmd command, union bpf_attr *attr);
/** What an operation gives first: 0 or its error number. */
uint32_t result_of(long returned);
/** The map that a message names; marks the message as bad where there is none. */
struct map *map_at(struct bpf_case *c, struct reader *in);
/** The descriptor of a program; -1 for one that was not accepted. */
int program_at(struct bpf_case *c, struct reader *in);
/** A command on one element. @returns 0 or an error number. */
uint32_t element_command(enum bpf_cmd command, int fd, const void *key, const void *value, uint64_t flags);

#endif
