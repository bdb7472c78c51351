/* SPDX-License-Identifier: MIT */
#ifndef MP_SUBPROCESS_H
#define MP_SUBPROCESS_H
/*
 * Run another program: Python's subprocess.
 *
 * A process of mp/process.h runs one of your functions; this runs a program, and what the
 * two have to say to each other goes through three descriptors. The program is in no
 * family: when its starter leaves, it is neither ended nor waited for.
 *
 * Invariants: the program has 0, 1, 2 and the descriptors of pass, nothing else. A program
 * that cannot be executed is told by mp_popen itself: no process is left of it.
 *
 * Example:
 *	#include <mp/subprocess.h>
 *	#include <string.h>
 *	int
 *	main(void)
 *	{
 *		struct mp_output said;
 *		char *argv[] = {"echo", "hello", NULL};
 *		if (mp_run(&said, argv, &(struct mp_run_options){.capture = true, .check = true}))
 *			return 1;
 *		int different = strcmp(said.out, "hello\n");
 *		mp_output_release(&said);
 *		return different;
 *	}
 */
#include <mp/deadline.h>
#include <mp/error.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

struct mp_popen;

/* What becomes a stream of the program; or any descriptor above 0, borrowed. */
enum mp_stream {
	MP_INHERIT = 0, /* ours */
	MP_PIPE = -1,	/* a new pipe; the other end is ours */
	MP_STDOUT = -2, /* for err: where out goes */
	MP_DEVNULL = -3
};

/* All zero is Python's default. */
struct mp_popen_options {
	int in, out, err;
	const char *directory;	  /* to run in; NULL: ours */
	char *const *environment; /* NULL: ours */
	const int *pass;	  /* descriptors that become 3, 4, ... in the program */
	size_t pass_count;
	bool session; /* a session, and so a process group, of its own */
};

/* What a program has said. code is N for exit code N, -S for signal S. */
struct mp_output {
	int code;
	char *out, *err; /* NULL if there was no pipe; else a NUL byte stands behind it */
	size_t out_size, err_size;
};

/* Free what it holds; all zero again. Tasks spawn.3 */
void mp_output_release(struct mp_output *output);

/*
 * Start a program.
 *
 * argv  argv[0] is looked for along PATH, if it has no slash; NULL at the end
 * Owns  the caller owns *out: mp_popen_free
 * Returns 0, or
 *   -errno      ENOENT, EACCES, ...: also what exec has to say        OSError
 *   MP_INVALID  MP_STDOUT for in or out                               ValueError
 * Safe    between threads yes
 * Python  Popen
 * Tasks   spawn.2
 */
int mp_popen(struct mp_popen **out, char *const argv[],
    const struct mp_popen_options *options) MP_MUST_CHECK;

/*
 * Close our ends, wait for the end, and free; NULL is fine. As leaving "with Popen(...)".
 *
 * Blocks  until the program has ended: kill it first, if it would not
 * Tasks   spawn.2
 */
void mp_popen_free(struct mp_popen *p);

/* The pid; our end of MP_PIPE, else -1, which the object owns. Tasks spawn.2 */
pid_t mp_popen_pid(const struct mp_popen *p);
int mp_popen_in(const struct mp_popen *p);
int mp_popen_out(const struct mp_popen *p);
int mp_popen_err(const struct mp_popen *p);

/*
 * Wait for the end.
 *
 * Blocks  at most timeout seconds; 0 and negative: look once
 * Returns 0 and *code (N, or -S for signal S), or
 *   MP_TIMEOUT_EXPIRED                                      subprocess.TimeoutExpired
 *   -ECHILD  somebody else fetched the status               None becomes 0 in Python
 * Python  Popen.wait, poll, returncode
 * Tasks   spawn.2
 */
int mp_popen_wait(struct mp_popen *p, double timeout, int *code) MP_MUST_CHECK;

/* Send a signal; a program that has ended is fine. 0, or -errno. Tasks spawn.2 */
int mp_popen_signal(struct mp_popen *p, int signal) MP_MUST_CHECK;

/*
 * Write input, read all that it says on the pipes, wait for its end.
 *
 * All three at once: whoever first writes all and then reads waits for a program that waits
 * for him. A program that does not read its input to the end is fine.
 *
 * Blocks  at most timeout seconds
 * Owns    input is borrowed, and the same in every call; *output is mp_output_release's
 * Returns 0, or
 *   MP_TIMEOUT_EXPIRED  nothing is lost: call it again      subprocess.TimeoutExpired
 *   -errno                                                  OSError
 * Python  Popen.communicate
 * Tasks   spawn.3
 */
int mp_popen_communicate(struct mp_popen *p, const void *input, size_t size, double timeout,
    struct mp_output *output) MP_MUST_CHECK;

/* All zero: streams inherited, no input, no timeout, every exit code is fine. */
struct mp_run_options {
	struct mp_popen_options popen;
	const void *input; /* not NULL: popen.in becomes MP_PIPE */
	size_t input_size;
	bool capture;	/* popen.out and popen.err become MP_PIPE */
	double timeout; /* seconds; 0: none */
	bool check;	/* an exit code other than 0 is an error */
};

/*
 * Run a program to its end.
 *
 * Blocks  until it has ended, or has been killed because the time was up
 * Owns    *output is mp_output_release's; also with the two errors below
 * Returns 0, or
 *   MP_TIMEOUT_EXPIRED  it was killed; *output: what it said before  subprocess.TimeoutExpired
 *   MP_CALL_FAILED      check, and the exit code is not 0            subprocess.CalledProcessError
 *   -errno              it could not be started; *output untouched   OSError
 * Python  subprocess.run
 * Tasks   spawn.3
 */
int mp_run(struct mp_output *output, char *const argv[],
    const struct mp_run_options *options) MP_MUST_CHECK;

#endif
