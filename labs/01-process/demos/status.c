/* SPDX-License-Identifier: MIT */
/*
 * What a child can tell by dying: eight bits, or a signal.
 *
 * Eight children end, each in its own way. Look at what waitpid gives, which is all that
 * the kernel keeps: one number of 16 bits, a code in the high 8 or a signal in the low 7.
 * While the child is a zombie, /proc shows that number, too. The last column is what Python
 * makes of it, and what mp_process_exitcode will make of it.
 */
#define _GNU_SOURCE
#include <err.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static const struct {
	const char *ending;
	int code;
	int signal;
} ways[] = {
    {"_exit(0)", 0, 0},
    {"_exit(8)", 8, 0},
    {"_exit(255)", 255, 0},
    {"_exit(256)", 256, 0}, /* nothing of it is left: 256 is 1 followed by 8 zero bits */
    {"_exit(-1)", -1, 0},
    {"_exit(143)", 143, 0}, /* a shell says 128 + 15 of a SIGTERM; the kernel does not */
    {"raise(SIGTERM)", 0, SIGTERM},
    {"raise(SIGKILL)", 0, SIGKILL},
};

static void
end(size_t way)
{
	if (ways[way].signal)
		raise(ways[way].signal);
	_exit(ways[way].code);
}

static int
exitcode(int status)
{
	return WIFSIGNALED(status) ? -WTERMSIG(status) : WEXITSTATUS(status);
}

/* The last field of /proc/PID/stat: the status of a zombie, before anybody fetches it. */
static int
status_in_proc(pid_t pid)
{
	char path[32], text[1024] = "";

	snprintf(path, sizeof(path), "/proc/%d/stat", pid);
	FILE *file = fopen(path, "re");
	if (!file)
		err(1, "%s", path);
	if (!fgets(text, sizeof(text), file))
		errx(1, "%s is empty", path);
	fclose(file);
	char *last = strrchr(text, ' ');
	int status;
	return last && sscanf(last, "%d", &status) == 1 ? status : -1;
}

static void
show(size_t way, int in_proc, int status)
{
	bool killed = WIFSIGNALED(status);

	printf("%-17s 0x%04x      0x%04x         %-15s %3d %9d\n", ways[way].ending, in_proc,
	    status, killed ? "killed, signal" : "left, code",
	    killed ? WTERMSIG(status) : WEXITSTATUS(status), exitcode(status));
}

int
main(void)
{
	printf("the child calls   /proc says  waitpid gives  in words             exitcode\n");
	for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++) {
		siginfo_t info;
		int status;
		fflush(stdout);
		pid_t pid = fork();
		if (pid < 0)
			err(1, "fork");
		if (pid == 0)
			end(i);
		/* WNOWAIT: wait until it is dead, and leave it a zombie. */
		if (waitid(P_PID, (id_t)pid, &info, WEXITED | WNOWAIT))
			err(1, "waitid");
		int in_proc = status_in_proc(pid);
		if (waitpid(pid, &status, 0) != pid)
			err(1, "waitpid");
		show(i, in_proc, status);
	}
	printf(
	    "\nA code of 256 looks like success. A child that wants to say more than eight bits\n"
	    "needs another way: a pipe, stage 03.\n");
	return 0;
}
