// Starts a program that ends with its parent: the kernel kills it when the parent is gone, however that went.
// In a session of its own, so that Ctrl-C on the terminal is the parent's business.
// Usage: launch PARENT-PID PROGRAM ARGUMENT...

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	if (argc < 3)
		return 2;
	setsid();
	if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0) {
		perror("prctl");
		return 1;
	}
	// The parent may have gone before that was asked for.
	if (getppid() != atoi(argv[1]))
		return 1;
	execvp(argv[2], argv + 2);
	perror(argv[2]);
	return 127;
}
