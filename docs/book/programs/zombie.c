/* SPDX-License-Identifier: MIT */
/* What the kernel keeps of the dead until their status is fetched. */
#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <mp/io.h>
#include <mp/proc.h>

/* Use some time, then leave: with a pipe still open, and nothing cleaned up. */
static _Noreturn void
live(void)
{
	while (clock() < CLOCKS_PER_SEC / 20)
		;
	_exit(7);
}

int
main(void)
{
	struct mp_proc proc;
	siginfo_t info;
	int status = 0, fds[2];
	char byte;

	if (mp_pipe_cloexec(fds))
		return 1;
	pid_t pid = fork();
	if (pid == 0)
		live();
	mp_close(&fds[1]);

	/* WNOWAIT: until it is dead, but leave the status where it is. */
	waitid(P_PID, (id_t)pid, &info, WEXITED | WNOWAIT);
	if (mp_proc_read(pid, &proc))
		return 1;
	printf("state %c, my child: %s\n", proc.state, proc.parent == getpid() ? "yes" : "no");
	printf("the time it used is known: %s\n", proc.cpu_seconds > 0 ? "yes" : "no");
	printf("its end of the pipe: %s\n", mp_read_all(fds[0], &byte, 1) ? "?" : "closed");
	printf("SIGKILL to it: %s\n", kill(pid, SIGKILL) ? strerrorname_np(errno) : "accepted");

	waitpid(pid, &status, 0);
	printf("fetched: exit code %d\n", WEXITSTATUS(status));
	printf("fetched again: %s\n", waitpid(pid, &status, 0) < 0 ? strerrorname_np(errno) : "?");
	printf("in /proc: %s\n", mp_error_name(mp_proc_read(pid, &proc)));
	return 0;
}
