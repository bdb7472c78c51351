/* SPDX-License-Identifier: MIT */
#ifndef MP_SPAWN_H
#define MP_SPAWN_H
/*
 * A process that is handed a function and its arguments, by any of the three methods.
 *
 * A forked child has the parent's memory: it is called with the very pointers. A spawned one
 * begins in main, as the program did, with another memory: it is sent the function's name
 * and the arguments as a pickle, and has the descriptors that the arguments name, and no
 * others. So a function must be registered, and main must let the library go first.
 *
 * Invariants: one call, three methods: name, daemon flag, exit code, sentinel, parent are
 * the same in all. No program starts itself without end: what has not passed mp_init
 * cannot spawn.
 *
 * Example:
 *	#include <mp.h>
 *	static int
 *	work(struct mp_value *args)
 *	{
 *		return (int)mp_value_len(args); // the exit code
 *	}
 *	MP_REGISTER(work);
 *	int
 *	main(int argc, char **argv)
 *	{
 *		struct mp_process *p;
 *		int code = 0;
 *		if (mp_init(argc, argv) || mp_process_call(&p, mp_get_context(MP_SPAWN), work,
 *		    mp_tuple(mp_int(6), mp_str("x")), NULL) || mp_process_start(p) ||
 *		    mp_process_join(p, MP_FOREVER) || mp_process_exitcode(p, &code) < 0)
 *			return 1;
 *		mp_process_free(p);
 *		return code != 2;
 *	}
 */
#include <mp/context.h>
#include <mp/process.h>
#include <mp/value.h>

/*
 * The first call in main: the guard.
 *
 * In a child that was spawned it does the child's work and never returns; in the forkserver
 * it serves. Such a process is known by its only argument, --mp-spawn or --mp-forkserver. If
 * it cannot begin its work, it says why on standard error, and leaves with 1.
 * Returns 0
 * Python  if __name__ == '__main__': and freeze_support
 * Tasks   spawn.4
 */
int mp_init(int argc, char **argv) MP_MUST_CHECK;

/* A function by its name. Two of one name in two files are two. */
struct mp_function {
	const char *file, *name;
	int (*function)(struct mp_value *args);
	struct mp_function *next;
};

/* At file scope, behind the function: other programs than this copy will know it by name. */
#define MP_REGISTER(function)                                                                      \
	static struct mp_function mp__function_##function = {__FILE__, #function, function, NULL}; \
	__attribute__((constructor)) static void mp__enter_##function(void)                        \
	{                                                                                          \
		mp_register(&mp__function_##function);                                             \
	}                                                                                          \
	struct mp_function

/* What MP_REGISTER calls before main; the entry is kept. */
void mp_register(struct mp_function *entry);

/* A registered function as a value (the global FILE NAME), and back; NULL if it is not
 * registered (errno EINVAL), or v is no function's name. Tasks spawn.1 */
struct mp_value *mp_function(int (*function)(struct mp_value *args));
int (*mp_value_function(const struct mp_value *v))(struct mp_value *args);

/*
 * Make a process object that will run function(args); nothing runs yet.
 *
 * mp_process_start then makes the process by the context's method. What it says beyond
 * mp/process.h, for spawn and forkserver:
 *   MP_NO_GUARD        this program has not called mp_init          RuntimeError
 *   MP_NOT_REGISTERED  the function has no name                     PicklingError
 *   an error of mp_pickle_dumps: the arguments cannot be sent       TypeError, ...
 * and mp_spawn_why tells it in words. A child that ends before it has read its arguments has
 * been started, all the same: its exit code tells.
 *
 * context   NULL: the default, which that settles
 * function  a forked child needs no name for it. args are borrowed; the exit code is returned
 * Owns      args are taken over, also in case of errors, and kept as long as the object is: so
 *           what they hold is still there when a child comes to look for it
 * Returns   as mp_process_new; -ENOMEM also for args NULL
 * Python    get_context(method).Process(target=, args=)
 * Tasks     spawn.1
 */
#define mp_process_call(out, context, function, args, options)                                     \
	mp__process_call(out, context, function, #function, args, options)
int mp__process_call(struct mp_process **out, const struct mp_context *context,
    int (*function)(struct mp_value *args), const char *text, struct mp_value *args,
    const struct mp_process_options *options) MP_MUST_CHECK;

/* What was wrong when mp_process_start last failed in this thread with one of the errors above:
 * "work is not registered: ...", "args[1]: cannot pickle ...". Tasks spawn.4 */
const char *mp_spawn_why(void);

/*
 * Let go of the forkserver, and if this process started it, wait for its end.
 *
 * It is started by the first child by forkserver, and ends when the last process that could
 * ask it for one has gone, or let go. The end of a process lets go by itself, and then
 * waits for a second at most.
 * Blocks  until all others have let go; its children are among them
 * Returns its exit code, -S if signal S ended it, 0 if this process did not start it
 * Tasks   spawn.5
 */
int mp_forkserver_stop(void);

/* The pid of the forkserver, if this process started it; else 0. Tasks spawn.5 */
pid_t mp_forkserver_pid(void);

#endif
