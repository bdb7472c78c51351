/* SPDX-License-Identifier: MIT */
/*
 * Deadlocks tied with the library's own objects, to be looked at from outside: knots-peer.sh.
 *
 *	knots NAME
 *
 * Children die with their parent. Status 0: it was no deadlock, and ended as it should.
 */
#define _GNU_SOURCE
#include <err.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <mp.h>

#define MUST(call) must((call), #call)

static void
must(int error, const char *what)
{
	if (error < 0)
		errx(1, "%s: %s: %s", what, mp_error_name(error), mp_error_text(error));
}

static bool
child(void)
{
	pid_t parent = getpid(), pid = fork();

	must(pid, "fork");
	if (pid == 0 && (prctl(PR_SET_PDEATHSIG, SIGKILL) || getppid() != parent))
		_exit(9);
	return pid == 0;
}

static void
join_all(void)
{
	while (wait(NULL) > 0)
		;
}

static void
cross(int (*make)(struct mp_lock **))
{
	struct mp_lock *lock[2];
	struct mp_event *taken[2];

	for (int i = 0; i < 2; i++) {
		MUST(make(&lock[i]));
		MUST(mp_event_new(&taken[i]));
	}
	for (int i = 0; i < 2; i++)
		if (child()) {
			MUST(mp_lock_acquire(lock[i], MP_FOREVER));
			mp_event_set(taken[i]);
			MUST(mp_event_wait(taken[!i], MP_FOREVER));
			_exit(mp_lock_acquire(lock[!i], MP_FOREVER));
		}
	join_all();
}

static void
crossed(void)
{
	cross(mp_lock_new);
}

static void
crossed_rlocks(void)
{
	cross(mp_rlock_new);
}

static void
self_lock(void)
{
	struct mp_lock *lock;

	MUST(mp_lock_new(&lock));
	MUST(mp_lock_acquire(lock, MP_FOREVER));
	MUST(mp_lock_acquire(lock, MP_FOREVER));
}

/* No knot: the one who waits is told. */
static void
dead_holder(void)
{
	struct mp_lock *lock;

	MUST(mp_lock_new(&lock));
	if (child())
		_exit(mp_lock_acquire(lock, MP_FOREVER));
	join_all();
	if (mp_lock_acquire(lock, MP_FOREVER) != MP_OWNER_DIED)
		errx(1, "nobody said that the owner is dead");
}

static void
semaphore(void)
{
	struct mp_semaphore *none;

	MUST(mp_semaphore_new(&none, 0));
	for (int i = 0; i < 2; i++)
		if (child())
			_exit(mp_semaphore_acquire(none, MP_FOREVER));
	join_all();
}

static void
condition(void)
{
	struct mp_condition *c;

	MUST(mp_condition_new(&c, NULL));
	for (int i = 0; i < 2; i++)
		if (child()) {
			MUST(mp_condition_acquire(c, MP_FOREVER));
			_exit(mp_condition_wait(c, MP_FOREVER));
		}
	join_all();
}

static void
event(void)
{
	struct mp_event *e;

	MUST(mp_event_new(&e));
	if (child())
		_exit(mp_event_wait(e, MP_FOREVER));
	join_all();
}

static void
barrier(void)
{
	struct mp_barrier *three;

	MUST(mp_barrier_new(&three, 3, NULL, NULL, MP_FOREVER));
	for (int i = 0; i < 2; i++)
		if (child())
			_exit(mp_barrier_wait(three, MP_FOREVER));
	join_all();
}

static int
lock_it(struct mp_value *args)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	return mp_lock_acquire(mp_value_object(mp_value_at(args, 0), &mp_lock_class), MP_FOREVER);
}
MP_REGISTER(lock_it);

static void
spawned(void)
{
	struct mp_lock *lock;
	struct mp_process *p;

	MUST(mp_lock_new(&lock));
	MUST(mp_lock_acquire(lock, MP_FOREVER));
	MUST(mp_process_call(&p, mp_get_context(MP_SPAWN), lock_it,
	    mp_tuple(mp_object(&mp_lock_class, lock)), NULL));
	MUST(mp_process_start(p));
	MUST(mp_process_join(p, MP_FOREVER));
}

/* No knot: its time will be up. */
static void
timed(void)
{
	struct mp_lock *lock;

	MUST(mp_lock_new(&lock));
	MUST(mp_lock_acquire(lock, MP_FOREVER));
	if (mp_lock_acquire(lock, 2) != MP_TIMEOUT)
		errx(1, "a lock was acquired twice");
}

static const struct {
	const char *name;
	void (*tie)(void);
} knots[] = {
    {"crossed", crossed},
    {"crossed-rlocks", crossed_rlocks},
    {"self-lock", self_lock},
    {"dead-holder", dead_holder},
    {"semaphore", semaphore},
    {"condition", condition},
    {"event", event},
    {"barrier", barrier},
    {"spawned", spawned},
    {"timed", timed},
};

int
main(int argc, char **argv)
{
	MUST(mp_init(argc, argv));
	for (size_t i = 0; i < sizeof(knots) / sizeof(knots[0]); i++)
		if (argc == 2 && !strcmp(argv[1], knots[i].name)) {
			knots[i].tie();
			return 0;
		}
	errx(2, "usage: knots NAME");
}
