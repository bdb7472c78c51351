/* SPDX-License-Identifier: MIT */
/*
 * What becomes of children when main returns: without manners, and with Python's.
 *
 * A parent with two children leaves: a worker, which has something to finish, and a
 * watcher, which never ends by itself. The kernel knows no "daemon": look how plain exit
 * leaves both behind. Python makes the difference, by doing two things before it exits:
 * SIGTERM to the daemonic children, then wait for all.
 */
#define _GNU_SOURCE
#include <err.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

static void
say(const char *who, const char *what)
{
	printf("    %-8s %s\n", who, what);
	fflush(stdout);
}

static pid_t
forked(void)
{
	pid_t pid = fork();

	if (pid < 0)
		err(1, "fork");
	return pid;
}

/* Its work: to wait for the gate, which stands for the time it takes, and three parts. */
static void
work(const int gate[2])
{
	char byte;

	close(gate[1]); /* or it would hold its own gate shut */
	if (read(gate[0], &byte, 1) != 0)
		err(1, "read");
	for (int part = 1; part <= 3; part++) {
		char text[32];
		snprintf(text, sizeof(text), "part %d of 3", part);
		say("worker", text);
	}
	_exit(0);
}

static void
watch(const int gate[2])
{
	close(gate[1]);
	for (;;)
		pause();
}

static void
wait_for(const char *me, const char *who, pid_t pid)
{
	char text[64];
	int status;

	if (waitpid(pid, &status, 0) != pid)
		err(1, "waitpid");
	if (WIFSIGNALED(status))
		snprintf(text, sizeof(text), "%s has ended by SIG%s", who,
		    sigabbrev_np(WTERMSIG(status)));
	else
		snprintf(text, sizeof(text), "%s has left with %d", who, WEXITSTATUS(status));
	say(me, text);
}

struct children {
	pid_t worker, watcher;
};

/* The parent: two children, then the end of its main. */
static void
be_parent(bool manners, const int gate[2], int report)
{
	struct children made;

	if ((made.worker = forked()) == 0)
		work(gate);
	if ((made.watcher = forked()) == 0)
		watch(gate);
	if (write(report, &made, sizeof(made)) != sizeof(made))
		err(1, "write");
	say("parent", "main returns");
	if (manners) {
		kill(made.watcher, SIGTERM); /* the daemonic child */
		wait_for("parent", "watcher", made.watcher);
		close(gate[1]); /* the time has passed: the worker can finish */
		wait_for("parent", "worker", made.worker);
	}
	say("parent", "leaves");
	_exit(0);
}

/* Is it there, and whose child is it? */
static void
show(const char *who, pid_t pid)
{
	char path[32], state;
	int parent;

	snprintf(path, sizeof(path), "/proc/%d/stat", pid);
	FILE *file = fopen(path, "re");
	if (!file)
		printf("    %s %d: gone\n", who, pid);
	else if (fscanf(file, "%*d (%*[^)]) %c %d", &state, &parent) == 2)
		printf("    %s %d: state %c, its parent is now %d\n", who, pid, state, parent);
	if (file)
		fclose(file);
	fflush(stdout);
}

/* Run the parent to its end, and look at what it leaves behind. */
static void
run(const char *title, bool manners)
{
	int gate[2], report[2];
	struct children left;

	if (pipe2(gate, O_CLOEXEC) || pipe2(report, O_CLOEXEC))
		err(1, "pipe2");
	printf("%s\n", title);
	fflush(stdout);
	pid_t parent = forked();
	if (parent == 0)
		be_parent(manners, gate, report[1]);
	if (manners)
		close(gate[1]); /* only the parent holds the gate */
	if (waitpid(parent, NULL, 0) != parent ||
	    read(report[0], &left, sizeof(left)) != sizeof(left))
		err(1, "the parent");
	show("worker", left.worker);
	show("watcher", left.watcher);
	if (!manners) {
		close(gate[1]);
		wait_for("adopter", "worker", left.worker);
		kill(left.watcher, SIGKILL); /* or it would be there for ever */
		wait_for("adopter", "watcher", left.watcher);
	}
	close(gate[0]);
	close(report[0]);
	close(report[1]);
}

int
main(void)
{
	if (prctl(PR_SET_CHILD_SUBREAPER, 1)) /* the orphans come to us: we can see and end them */
		err(1, "prctl");
	printf("This program is %d, and adopts orphans.\n\n", getpid());
	run("Without manners:", false);
	run("\nWith manners: SIGTERM to the daemonic one, then wait for both:", true);
	return 0;
}
