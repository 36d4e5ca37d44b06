// The only process of the guest: loads the modules of the channel, opens it, and answers messages until the
// host is gone. What a message may hold is in docs/linux.md.

#include "wire.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <unistd.h>

#define CHANNEL "/dev/vport0p1"
/** The order in which they need each other; a kernel has each built in, or its file is in the image. */
static const char *const MODULES[] = {
	"virtio_ring", "virtio", "virtio_pci_legacy_dev", "virtio_pci_modern_dev", "virtio_pci", "virtio_console",
};
/** Replies are handed over when there is so much of them, and at the end of a message. */
#define FLUSH_BYTES (1 << 17)

static void say(const char *what)
{
	fprintf(stderr, "guest: %s: %s\n", what, strerror(errno));
}

static void power_off(void)
{
	sync();
	reboot(RB_POWER_OFF);
	_exit(1);
}

static void load_module(const char *name)
{
	char path[64];
	int fd;

	snprintf(path, sizeof(path), "/modules/%s.ko", name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return;
	if (syscall(SYS_finit_module, fd, "", 0) != 0)
		say(path);
	close(fd);
}

/** Waits for the device, which appears a little after its driver. */
static int open_channel(void)
{
	for (int tries = 0; tries < 5000; tries++) {
		int fd = open(CHANNEL, O_RDWR | O_CLOEXEC);

		if (fd >= 0)
			return fd;
		usleep(1000);
	}
	say(CHANNEL);
	power_off();
	return -1;
}

static void read_whole(int fd, void *into, size_t size)
{
	uint8_t *at = into;

	while (size > 0) {
		ssize_t got = read(fd, at, size);

		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			power_off();
		at += got;
		size -= got;
	}
}

static void write_whole(int fd, const void *from, size_t size)
{
	const uint8_t *at = from;

	while (size > 0) {
		ssize_t put = write(fd, at, size);

		if (put < 0 && errno == EINTR)
			continue;
		if (put <= 0)
			power_off();
		at += put;
		size -= put;
	}
}

static void flush_replies(int fd, struct writer *out)
{
	write_whole(fd, out->bytes, out->used);
	out->used = 0;
}

/** One frame: its length, the number of the protocol, the kernel's release. */
static void greet(int fd, struct writer *out)
{
	struct utsname name;

	uname(&name);
	put_u32(out, 4 + strlen(name.release));
	put_u32(out, WIRE_VERSION);
	put_bytes(out, name.release, strlen(name.release));
	flush_replies(fd, out);
}

/** A case's reply is a frame: its length, then the results of its operations. */
static void answer_case(struct reader *in, struct writer *out)
{
	uint32_t size = get_u32(in);
	const uint8_t *bytes = get_bytes(in, size);
	struct reader one = { bytes, bytes + size, 0 };
	size_t start = out->used;

	put_u32(out, 0);
	if (!bytes || run_case(&one, out) != 0) {
		fprintf(stderr, "guest: malformed case\n");
		power_off();
	}
	set_u32(out, start, out->used - start - 4);
}

static void serve(int fd)
{
	struct writer out = { 0 };
	uint8_t *message = NULL;
	uint32_t room = 0;

	greet(fd, &out);
	for (;;) {
		uint32_t size;
		struct reader in;

		read_whole(fd, &size, sizeof(size));
		if (size > room) {
			message = realloc(message, size);
			if (!message)
				power_off();
			room = size;
		}
		read_whole(fd, message, size);
		in = (struct reader){ message, message + size, 0 };
		for (uint32_t left = get_u32(&in); left > 0; left--) {
			answer_case(&in, &out);
			if (out.used >= FLUSH_BYTES)
				flush_replies(fd, &out);
		}
		flush_replies(fd, &out);
	}
}

int main(void)
{
	struct rlimit files = { 65536, 65536 };

	mkdir("/proc", 0755);
	mkdir("/sys", 0755);
	mkdir("/dev", 0755);
	if (mount("proc", "/proc", "proc", 0, NULL) != 0)
		say("/proc");
	if (mount("devtmpfs", "/dev", "devtmpfs", 0, NULL) != 0 && errno != EBUSY)
		say("/dev");
	setrlimit(RLIMIT_NOFILE, &files);
	for (size_t i = 0; i < sizeof(MODULES) / sizeof(MODULES[0]); i++)
		load_module(MODULES[i]);
	if (prepare_kernel() != 0)
		say("settings of the kernel");
	serve(open_channel());
}
