/* SPDX-License-Identifier: MIT */
/*
 * A zombie: made, looked at, killed in vain, fetched, gone.
 *
 * A child takes 32 MB of memory and three open files, and dies. Look at what /proc says of it
 * before its death, after it, and after its status has been fetched: what a zombie keeps
 * is a line in the kernel's table, and nothing else.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* The lines of /proc/PID/status that tell the story. */
static void
show_status(pid_t pid)
{
	static const char *const wanted[] = {"State:", "PPid:", "VmSize:", "VmRSS:"};
	char path[32], line[256];
	bool memory = false;

	snprintf(path, sizeof(path), "/proc/%d/status", pid);
	FILE *file = fopen(path, "re");
	if (!file) {
		printf("    %s: no such file\n", path);
		return;
	}
	while (fgets(line, sizeof(line), file))
		for (size_t i = 0; i < sizeof(wanted) / sizeof(wanted[0]); i++)
			if (!strncmp(line, wanted[i], strlen(wanted[i]))) {
				printf("    %s", line);
				memory |= line[0] == 'V';
			}
	fclose(file);
	if (!memory)
		printf("    (no line VmSize, no line VmRSS: it has no memory)\n");
}

static void
show_descriptors(pid_t pid)
{
	char path[32];
	int count = 0;

	snprintf(path, sizeof(path), "/proc/%d/fd", pid);
	DIR *folder = opendir(path);
	if (!folder) {
		printf("    %s: %s%s\n", path, strerror(errno),
		    errno == EACCES ? " (it has no memory, and so no owner but root)" : "");
		return;
	}
	for (struct dirent *entry; (entry = readdir(folder));)
		count += entry->d_name[0] != '.';
	closedir(folder);
	printf("    %s: %d descriptors\n", path, count);
}

static void
show(const char *title, pid_t pid)
{
	printf("%s\n", title);
	show_status(pid);
	show_descriptors(pid);
	fflush(stdout);
}

/* Take much, say so, and live until the other end of `life` is closed. */
static void
child(int ready, int life)
{
	const size_t size = 32 << 20;
	char *memory = malloc(size), byte;

	if (!memory)
		err(1, "malloc");
	memset(memory, 1, size);
	for (int i = 0; i < 3; i++)
		if (open("/dev/null", O_RDONLY) < 0)
			err(1, "/dev/null");
	if (write(ready, ".", 1) != 1 || read(life, &byte, 1) != 0)
		err(1, "pipe");
	_exit(7);
}

int
main(void)
{
	int ready[2], life[2], status;
	siginfo_t info;
	char byte;

	if (pipe2(ready, O_CLOEXEC) || pipe2(life, O_CLOEXEC))
		err(1, "pipe2");
	pid_t pid = fork();
	if (pid < 0)
		err(1, "fork");
	if (pid == 0) {
		close(life[1]); /* or it would hold its own life, and never see the end */
		child(ready[1], life[0]);
	}
	close(ready[1]);
	close(life[0]);
	if (read(ready[0], &byte, 1) != 1)
		errx(1, "the child has not begun");
	show("It lives:", pid);

	close(life[1]);
	if (waitid(P_PID, (id_t)pid, &info, WEXITED | WNOWAIT)) /* wait, and fetch nothing */
		err(1, "waitid");
	show("\nIt is dead, and nobody has fetched its status:", pid);
	printf("    reading from its pipe gives %zd: its end was closed when it died\n",
	    read(ready[0], &byte, 1));

	printf("\nKill it again: kill(%d, SIGKILL) says %d", pid, kill(pid, SIGKILL));
	show(", and changes nothing:", pid);

	if (waitpid(pid, &status, 0) != pid)
		err(1, "waitpid");
	printf("\nwaitpid gives %d and the status, exit code %d.", pid, WEXITSTATUS(status));
	show(" And now:", pid);
	printf("    kill(%d, 0) says: %s\n", pid, kill(pid, 0) ? strerror(errno) : "alive?!");
	close(ready[0]);
	return 0;
}
