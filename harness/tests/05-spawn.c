/* SPDX-License-Identifier: MIT */
/*
 * Rows of 05-spawn: three start methods, the tracker, other programs. The numbers in
 * comments are CPython's behaviours that a row answers to (docs/behaviours.md).
 *
 * A spawned child begins in this program's main, which hands it over to mp_init: so what it
 * runs is registered here, and what it finds goes back as its exit code.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <semaphore.h>
#include <sys/pidfd.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <mp/internal.h>

#include "05-spawn/carry.h"
#include "common.h"

STAGE("Spawn, forkserver, other programs")

#define TIDY .graph = "every child reaped by its parent; no kill after reap; nothing left"

/* --- what the rows have in common -------------------------------------------------------------- */

/* Pass the guard, as main would. */
static void
guarded(void)
{
	char *argv[] = {(char *)"row", NULL};

	OK(mp_init(1, argv));
}

/* Let the helpers go; they end, and nothing was left to clean. */
static void
let_helpers_go(void)
{
	EQUAL(mp_forkserver_stop(), 0);
	EQUAL(mp_tracker_stop(), 0);
}

/* The same after children by one method: of spawn's only the tracker was there. */
static void
let_go(enum mp_method method)
{
	if (method == MP_FORKSERVER)
		let_helpers_go();
	else
		EQUAL(mp_tracker_stop(), 0);
}

static struct mp_process *
called(enum mp_method method, int (*function)(struct mp_value *), struct mp_value *args,
    const struct mp_process_options *options)
{
	struct mp_process *p = NULL;

	OK(mp_process_call(&p, mp_get_context(method), function, args, options));
	OK(mp_process_start(p));
	return p;
}

static const enum mp_method methods[] = {MP_FORK, MP_SPAWN, MP_FORKSERVER};

/* How many descriptors this process has, and whether this one is among them. */
static int
count_descriptors(int fd, bool *open)
{
	DIR *dir = opendir("/proc/self/fd");
	struct dirent *entry;
	int n = 0;

	*open = false;
	while (dir && (entry = readdir(dir))) {
		int number = atoi(entry->d_name);
		if (entry->d_name[0] == '.' || number == dirfd(dir))
			continue;
		n++;
		*open |= number == fd;
	}
	closedir(dir);
	return n;
}

static int
count_own(void)
{
	bool open;

	return count_descriptors(-1, &open);
}

/* The int at place i of the arguments. */
static int
arg_int(struct mp_value *args, size_t i)
{
	int64_t number = -1;

	return mp_value_int(mp_value_at(args, i), &number) ? -1 : (int)number;
}

/* The descriptor that came at place i. */
static int
arg_fd(struct mp_value *args, size_t i)
{
	return carried_fd(mp_value_at(args, i));
}

/* Functions that children run. */

static int
give_number(struct mp_value *args)
{
	return arg_int(args, 0);
}
MP_REGISTER(give_number);

static int
await_signal(struct mp_value *args)
{
	(void)args;
	return sleep_forever(NULL);
}
MP_REGISTER(await_signal);

/* Tell a byte on the descriptor 0, and live until the one at 1 is at its end. */
static int
tell_and_stay(struct mp_value *args)
{
	char byte;

	tell(arg_fd(args, 0), 'r');
	(void)!read(arg_fd(args, 1), &byte, 1);
	return 0;
}
MP_REGISTER(tell_and_stay);

static int
unnamed(struct mp_value *args)
{
	return arg_int(args, 0);
}

/* --- spawn.1: contexts, names, calls ------------------------------------------------------------ */

ROW("spawn.1/default", 1, "the default is settled once, or by force, or by being asked for")
{
	EQUAL(mp_get_start_method(true), MP_DEFAULT);
	OK(mp_set_start_method(MP_SPAWN, false));
	EQUAL(mp_get_start_method(false), MP_SPAWN);
	FAILS(mp_set_start_method(MP_SPAWN, false), MP_METHOD_SET);
	OK(mp_set_start_method(MP_FORKSERVER, true));
	EQUAL(mp_context_method(NULL), MP_FORKSERVER);
	OK(mp_set_start_method(MP_DEFAULT, true));
	EQUAL(mp_get_start_method(true), MP_DEFAULT);
	EQUAL(mp_get_start_method(false), MP_FORK);
	FAILS(mp_set_start_method(MP_SPAWN, false), MP_METHOD_SET);
	FAILS(mp_set_start_method((enum mp_method)77, true), MP_INVALID);
	EQUAL(mp_get_start_method(true), MP_FORK);
}

ROW("spawn.1/contexts", 1, "contexts are constants, one a method, and methods have names")
{
	static const char *const name[] = {"fork", "spawn", "forkserver"};

	for (int i = 0; i < 3; i++) {
		const struct mp_context *context = mp_get_context(methods[i]);
		TRUE(context && context == mp_get_context(methods[i]), "it is a constant");
		EQUAL(mp_context_method(context), methods[i]);
		EQUAL_TEXT(mp_method_name(methods[i]), name[i]);
		EQUAL(mp_method_named(name[i]), methods[i]);
	}
	EQUAL(mp_get_start_method(true), MP_DEFAULT); /* none of this has settled it */
	TRUE(mp_get_context(MP_DEFAULT) == mp_get_context(MP_FORK), "the default is fork");
	EQUAL(mp_get_start_method(true), MP_FORK);
	TRUE(!mp_get_context((enum mp_method)77), "77 is no method");
	TRUE(!mp_method_name(MP_DEFAULT), "the default has no name of its own");
	EQUAL(mp_method_named("thread"), MP_DEFAULT);
}

static int
look_at_address(struct mp_value *args)
{
	intptr_t address;

	memcpy(&address, mp_value_bytes(mp_value_at(args, 0)), sizeof(address));
	return *(int *)address == 600 && mp_get_start_method(true) == MP_FORK ? 42 : 1;
}

ROW("spawn.1/fork", 1, "by fork any function is called, with what the parent has in memory", TIDY)
{
	int number = 600, *address = &number;
	struct mp_process *p = NULL;

	OK(mp_set_start_method(MP_FORK, false));
	OK(mp_process_call(
	    &p, NULL, look_at_address, mp_tuple(mp_bytes(&address, sizeof(address))), NULL));
	EQUAL(mp_process_pid(p), 0);
	OK(mp_process_start(p));
	EQUAL(finished(p), 42);
}

ROW("spawn.1/args", 1, "the arguments are taken over, kept as long as the object, and then freed",
    TIDY)
{
	struct mp_process *p = NULL;

	carried_references = 0;
	OK(mp_process_call(&p, mp_get_context(MP_FORK), give_number,
	    mp_tuple(mp_int(6), mp_object(&carried, &carried_references)), NULL));
	int held = carried_references;
	TRUE(held > 0, "the argument is held by the object");
	OK(mp_process_start(p));
	EQUAL(joined(p), 6);
	EQUAL(carried_references, held);
	mp_process_free(p);
	EQUAL(carried_references, 0);
	p = NULL;
	FAILS(mp_process_call(&p, NULL, give_number, NULL, NULL), -ENOMEM);
	FAILS(mp_process_call(&p, NULL, give_number,
		  mp_tuple(mp_object(&carried, &carried_references)),
		  &(struct mp_process_options){.death_signal = 999}),
	    MP_INVALID);
	EQUAL(carried_references, 0);
	TRUE(!p, "a failed call leaves its out-parameter untouched");
}

static int
another_of_that_name(struct mp_value *args)
{
	(void)args;
	return 9;
}

ROW("spawn.1/functions", 1, "a registered function is found by file and name, and no other is")
{
	static struct mp_function elsewhere = {
	    "elsewhere.c", "give_number", another_of_that_name, NULL};
	struct mp_value *v = mp_function(give_number);

	mp_register(&elsewhere);
	TRUE(v && mp_value_function(v) == give_number, "the function comes back");
	EQUAL_TEXT(mp_global_name(v), "give_number");
	mp_value_free(v);
	v = mp_function(another_of_that_name);
	TRUE(mp_value_function(v) == another_of_that_name, "the other file's is the other");
	mp_value_free(v);
	TRUE(!mp_function(unnamed), "what is not registered has no name");
	v = mp_global("elsewhere.c", "no_such");
	TRUE(!mp_value_function(v), "a name that nobody registered is no function");
	mp_value_free(v);
	v = mp_int(6);
	TRUE(!mp_value_function(v), "an int is no function");
	mp_value_free(v);
}

static struct gate race;

static void *
settle(void *method)
{
	char byte;

	(void)!read(race.fds[0], &byte, 1);
	return mp_set_start_method(*(const enum mp_method *)method, false) == 0 ? method : NULL;
}

ROW("spawn.1/threads", 1, "of many threads that settle the default at once, one does")
{
	pthread_t thread[9];
	void *won[9];
	int winners = 0;

	gate_init(&race);
	for (int i = 0; i < 9; i++)
		EQUAL(pthread_create(&thread[i], NULL, settle, (void *)&methods[i % 3]), 0);
	gate_open(&race);
	for (int i = 0; i < 9; i++)
		EQUAL(pthread_join(thread[i], &won[i]), 0);
	for (int i = 0; i < 9; i++) {
		winners += won[i] != NULL;
		TRUE(!won[i] || *(enum mp_method *)won[i] == mp_get_start_method(true),
		    "what thread %d settled is settled", i);
	}
	EQUAL(winners, 1);
	gate_release(&race);
}

/* --- spawn.2: other programs: start, wait, end --------------------------------------------------- */

#define SHELL(text) ((char *[]){(char *)"sh", (char *)"-c", (char *)(text), NULL})

static struct mp_popen *
opened(char *const argv[], const struct mp_popen_options *options)
{
	struct mp_popen *p = NULL;

	OK(mp_popen(&p, argv, options));
	return p;
}

static int
code_of(struct mp_popen *p)
{
	int code = -1000;

	OK(mp_popen_wait(p, MP_FOREVER, &code));
	mp_popen_free(p);
	return code;
}

/* A pipe to write to, whose text comes back. */
struct ear {
	int fds[2];
};

static void
ear_init(struct ear *ear)
{
	OK(mp_pipe_cloexec(ear->fds));
}

static const char *
ear_text(struct ear *ear)
{
	mp_close(&ear->fds[1]);
	const char *text = read_to_end(ear->fds[0]);
	mp_close(&ear->fds[0]);
	return text;
}

ROW("spawn.2/codes", 1, "a program's code is its exit code, or minus the signal that ended it",
    TIDY)
{
	struct mp_popen *p = opened(SHELL("exit 7"), NULL);
	int code = 0;

	TRUE(mp_popen_pid(p) > 0 && mp_popen_pid(p) != getpid(), "it has its own pid");
	EQUAL(mp_popen_in(p), -1);
	OK(mp_popen_wait(p, MP_FOREVER, &code));
	EQUAL(code, 7);
	EQUAL(state_of(mp_popen_pid(p)), 0); /* fetched */
	code = 0;
	OK(mp_popen_wait(p, 0, &code)); /* and kept */
	EQUAL(code, 7);
	OK(mp_popen_signal(p, SIGKILL)); /* sent to nobody */
	mp_popen_free(p);
	EQUAL(code_of(opened(SHELL("kill -USR1 $$"), NULL)), -SIGUSR1);
	mp_popen_free(NULL);
}

ROW("spawn.2/waits", 1, "wait gives up when its time is over, and the program goes on",
    .seconds = 2, TIDY)
{
	struct mp_popen_options quiet = {.in = MP_PIPE, .out = MP_DEVNULL};
	struct mp_popen *p = opened((char *[]){(char *)"cat", NULL}, &quiet);
	int code = 77;
	int64_t then = mp_now();

	FAILS(mp_popen_wait(p, 0, &code), MP_TIMEOUT_EXPIRED);
	FAILS(mp_popen_wait(p, 0.1, &code), MP_TIMEOUT_EXPIRED);
	BETWEEN(since(then), 0.09, 2);
	EQUAL(code, 77);
	OK(mp_popen_signal(p, SIGTERM));
	EQUAL(code_of(p), -SIGTERM);
}

ROW("spawn.2/refused", 2, "a program that cannot be executed is told by start: nothing is left",
    TIDY)
{
	struct mp_popen *p = NULL;
	int before = count_own(), file = open("no-program", O_CREAT | O_WRONLY | O_CLOEXEC, 0600);

	OK(file);
	mp_close(&file);
	FAILS(mp_popen(&p, (char *[]){(char *)"no-such-program", NULL}, NULL), -ENOENT);
	FAILS(mp_popen(&p, (char *[]){(char *)"./no-program", NULL},
		  &(struct mp_popen_options){.in = MP_PIPE, .out = MP_PIPE, .err = MP_PIPE}),
	    -EACCES);
	FAILS(mp_popen(&p, SHELL("true"), &(struct mp_popen_options){.directory = "/no/where"}),
	    -ENOENT);
	FAILS(mp_popen(&p, SHELL("true"), &(struct mp_popen_options){.in = MP_STDOUT}), MP_INVALID);
	FAILS(mp_popen(&p, SHELL("true"), &(struct mp_popen_options){.out = 200}), -EBADF);
	TRUE(!p, "a failed call leaves its out-parameter untouched");
	EQUAL(waitpid(-1, NULL, WNOHANG), -1);
	EQUAL(errno, ECHILD);
	EQUAL(count_own(), before);
	unlink("no-program");
}

ROW("spawn.2/streams", 1, "each stream is ours, a pipe, nothing, a descriptor; err may be out",
    TIDY)
{
	struct ear ear;
	char word[8] = "";

	struct mp_popen *p = opened((char *[]){(char *)"cat", NULL},
	    &(struct mp_popen_options){.in = MP_PIPE, .out = MP_PIPE, .err = MP_DEVNULL});
	OK(mp_write_all(mp_popen_in(p), "hello", 5));
	EQUAL(mp_read_all(mp_popen_out(p), word, 5), 5);
	EQUAL_TEXT(word, "hello");
	EQUAL(mp_popen_err(p), -1);
	mp_popen_free(p); /* closes its stdin, so it ends */

	ear_init(&ear);
	p = opened(SHELL("echo out; echo err >&2"),
	    &(struct mp_popen_options){.in = MP_DEVNULL, .out = ear.fds[1], .err = MP_STDOUT});
	EQUAL(code_of(p), 0);
	EQUAL_TEXT(ear_text(&ear), "out\nerr\n");
}

ROW("spawn.2/crossed", 1, "descriptors that must change places do", TIDY)
{
	struct ear one, two;
	ear_init(&one);
	ear_init(&two);
	int places[2] = {fcntl(one.fds[1], F_DUPFD_CLOEXEC, 3), -1};

	/* Have ours at 3 and 4, whatever they are, and pass them as 4 and 3. */
	mp_close(&places[0]);
	int at_3 = dup3(one.fds[1], 60, O_CLOEXEC), at_4 = dup3(two.fds[1], 61, O_CLOEXEC);
	int old_3 = fcntl(3, F_DUPFD_CLOEXEC, 70), old_4 = fcntl(4, F_DUPFD_CLOEXEC, 70);
	dup3(at_3, 3, O_CLOEXEC);
	dup3(at_4, 4, O_CLOEXEC);
	struct mp_popen *p = opened(SHELL("echo three >&3; echo four >&4"),
	    &(struct mp_popen_options){.pass = (int[]){4, 3}, .pass_count = 2});
	if (old_3 >= 0)
		dup3(old_3, 3, O_CLOEXEC);
	else
		close(3);
	if (old_4 >= 0)
		dup3(old_4, 4, O_CLOEXEC);
	else
		close(4);
	mp_close(&old_3);
	mp_close(&old_4);
	mp_close(&at_3);
	mp_close(&at_4);
	EQUAL(code_of(p), 0);
	EQUAL_TEXT(ear_text(&one), "four\n");
	EQUAL_TEXT(ear_text(&two), "three\n");
}

ROW("spawn.2/descriptors", 2, "a program has its three streams and what is passed, nothing else",
    TIDY)
{
	struct ear ear;
	/* Neither is closed by exec: nobody remembers all of them. */
	int high = fcntl(STDERR_FILENO, F_DUPFD, 200), low = fcntl(STDERR_FILENO, F_DUPFD, 5);

	ear_init(&ear);
	struct mp_popen *p = opened((char *[]){(char *)"ls", (char *)"/proc/self/fd", NULL},
	    &(struct mp_popen_options){.out = ear.fds[1], .pass = &high, .pass_count = 1});
	EQUAL(code_of(p), 0);
	EQUAL_TEXT(ear_text(&ear), "0\n1\n2\n3\n4\n"); /* 4 is the folder that ls reads */
	mp_close(&high);
	mp_close(&low);
}

ROW("spawn.2/surroundings", 1, "a program may have its own directory, environment and session",
    TIDY)
{
	struct ear ear;
	char *environment[] = {(char *)"WORD=hello", NULL};
	struct mp_proc proc;

	ear_init(&ear);
	struct mp_popen *p = opened(
	    SHELL("echo $WORD $HOME; pwd; read line"), &(struct mp_popen_options){.in = MP_PIPE,
							   .out = ear.fds[1],
							   .directory = "/",
							   .environment = environment,
							   .session = true});
	OK(mp_proc_read(mp_popen_pid(p), &proc));
	EQUAL(proc.session, mp_popen_pid(p));
	mp_popen_free(p);
	EQUAL_TEXT(ear_text(&ear), "hello\n/\n");
}

ROW("spawn.2/closed", 1, "a stream that is closed here is closed there, and start works", TIDY)
{
	int kept = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 10);
	struct ear ear;

	close(STDOUT_FILENO);
	ear_init(&ear); /* its reading end is 1 by now */
	struct mp_popen *p = opened(SHELL("echo x && exit 5; exit 6"),
	    &(struct mp_popen_options){.out = MP_DEVNULL, .err = ear.fds[1]});
	EQUAL(code_of(p), 5);
	EQUAL_TEXT(ear_text(&ear), "");
	p = opened(SHELL("test -e /proc/self/fd/1 && exit 6; exit 5"), NULL);
	int code = code_of(p);
	dup2(kept, STDOUT_FILENO);
	mp_close(&kept);
	EQUAL(code, 5);
}

static int
run_a_program(void *unused)
{
	struct mp_popen *p;
	int code = 1;

	(void)unused;
	if (mp_popen(&p, SHELL("exit 9"), NULL) || mp_popen_wait(p, MP_FOREVER, &code))
		return 1;
	mp_popen_free(p);
	return mp_active_children(NULL, 0) == 0 ? code : 2;
}

ROW("spawn.2/family", 1, "a program is in no family: a daemon may run one, and nobody lists it",
    TIDY)
{
	struct mp_popen *p =
	    opened((char *[]){(char *)"cat", NULL}, &(struct mp_popen_options){.in = MP_PIPE});

	EQUAL(mp_active_children(NULL, 0), 0);
	mp_popen_free(p);
	EQUAL(finished(started(
		  run_a_program, NULL, &(struct mp_process_options){.daemon = MP_DAEMON_YES})),
	    9);
}

ROW("spawn.2/forty", 1, "forty programs at a time end with their own codes", TIDY)
{
	struct mp_popen *p[40];
	char text[40][24];
	siginfo_t info;

	for (int i = 0; i < 40; i++) {
		snprintf(text[i], sizeof(text[i]), "exit %d", i);
		p[i] = opened(SHELL(text[i]), &(struct mp_popen_options){.in = MP_PIPE});
	}
	for (int i = 0; i < 40; i++) /* until all are dead */
		EQUAL(waitid(P_PID, (id_t)mp_popen_pid(p[i]), &info, WEXITED | WNOWAIT), 0);
	for (int i = 39; i >= 0; i--)
		EQUAL(code_of(p[i]), i);
}

/* --- spawn.3: communicate and run ------------------------------------------------------------------ */

#define MEGA (1 << 20)

static char *
filled(size_t size)
{
	char *data = malloc(size);

	TRUE(data != NULL, "malloc gives memory");
	for (size_t i = 0; i < size; i++)
		data[i] = (char)('a' + i % 26);
	return data;
}

/* 27, for programs */
ROW("spawn.3/echo", 2, "a megabyte goes in while a megabyte comes out", .seconds = 3, TIDY)
{
	struct mp_output said;
	char *data = filled(MEGA);
	struct mp_popen *p = opened((char *[]){(char *)"cat", NULL},
	    &(struct mp_popen_options){.in = MP_PIPE, .out = MP_PIPE});

	OK(mp_popen_communicate(p, data, MEGA, MP_FOREVER, &said));
	EQUAL(said.out_size, MEGA);
	EQUAL(memcmp(said.out, data, MEGA), 0);
	EQUAL(said.out[MEGA], '\0');
	TRUE(!said.err, "where there was no pipe, nothing was said");
	EQUAL(said.code, 0);
	mp_output_release(&said);
	mp_output_release(&said);
	mp_popen_free(p);
	free(data);
}

ROW("spawn.3/both", 1, "out and err are read together: either may fill its pipe", .seconds = 3,
    TIDY)
{
	struct mp_output said;

	OK(mp_run(&said, SHELL("head -c 200000 /dev/zero >&2; head -c 300000 /dev/zero; exit 3"),
	    &(struct mp_run_options){.capture = true}));
	EQUAL(said.err_size, 200000);
	EQUAL(said.out_size, 300000);
	EQUAL(said.code, 3);
	mp_output_release(&said);
}

ROW("spawn.3/silent", 1, "what was said is text, also when nothing was said", TIDY)
{
	struct mp_output said = {.out = (char *)"untouched"};

	OK(mp_run(&said, SHELL("printf hello; exit 3"), &(struct mp_run_options){.capture = true}));
	EQUAL_TEXT(said.out, "hello");
	EQUAL_TEXT(said.err, "");
	EQUAL(said.err_size, 0);
	EQUAL(said.code, 3);
	mp_output_release(&said);
	OK(mp_run(&said, SHELL("read line; test -z \"$line\""),
	    &(struct mp_run_options){.input = "", .popen = {.out = MP_DEVNULL}}));
	TRUE(!said.out && !said.err, "nothing was captured");
	EQUAL(said.code, 0);
	mp_output_release(&said);
	said.out = (char *)"untouched";
	FAILS(mp_run(&said, (char *[]){(char *)"no-such-program", NULL}, NULL), -ENOENT);
	EQUAL_TEXT(said.out, "untouched");
}

ROW("spawn.3/deaf", 1, "a program that does not read its input costs nobody his life", .seconds = 3,
    TIDY)
{
	struct mp_output said;
	char *data = filled(MEGA);
	sigset_t pending;

	OK(mp_run(&said, SHELL("exec 0<&-; printf done; exit 4"),
	    &(struct mp_run_options){.input = data, .input_size = MEGA, .capture = true}));
	EQUAL_TEXT(said.out, "done");
	EQUAL(said.code, 4);
	EQUAL(sigpending(&pending), 0);
	EQUAL(sigismember(&pending, SIGPIPE), 0);
	mp_output_release(&said);
	free(data);
}

ROW("spawn.3/check", 1, "with check an exit code other than 0 is an error, and all is told", TIDY)
{
	struct mp_output said = {0};
	struct mp_run_options o = {.capture = true, .check = true};

	FAILS(mp_run(&said, SHELL("printf half; exit 3"), &o), MP_CALL_FAILED);
	EQUAL_TEXT(said.out, "half");
	EQUAL(said.code, 3);
	mp_output_release(&said);
	FAILS(mp_run(&said, SHELL("kill $$"), &o), MP_CALL_FAILED);
	EQUAL(said.code, -SIGTERM);
	mp_output_release(&said);
	OK(mp_run(&said, SHELL("exit 0"), &o));
	mp_output_release(&said);
}

ROW("spawn.3/timeout", 1, "a program that is not done in time is killed; what it said is kept",
    .seconds = 3, .graph = "every child reaped by its parent; nothing left")
{
	struct mp_output said = {0};
	int64_t then = mp_now();

	FAILS(mp_run(&said, SHELL("echo early; trap '' TERM; exec sleep 1000"),
		  &(struct mp_run_options){.capture = true, .timeout = 0.3}),
	    MP_TIMEOUT_EXPIRED);
	BETWEEN(since(then), 0.29, 3);
	EQUAL_TEXT(said.out, "early\n");
	EQUAL(said.code, -SIGKILL);
	mp_output_release(&said);
}

ROW("spawn.3/again", 2, "communicate whose time is up loses nothing: it may be called again",
    .seconds = 3, TIDY)
{
	struct mp_output said = {0};
	struct gate gate;
	char *data = filled(MEGA);

	gate_init(&gate);
	struct mp_popen *p = opened(SHELL("printf early; read line <&3; cat"),
	    &(struct mp_popen_options){
		.in = MP_PIPE, .out = MP_PIPE, .pass = &gate.fds[0], .pass_count = 1});
	FAILS(mp_popen_communicate(p, data, MEGA, 0.2, &said), MP_TIMEOUT_EXPIRED);
	TRUE(!said.out, "a failed call leaves its out-parameter untouched");
	FAILS(mp_popen_communicate(p, data, MEGA, 0, &said), MP_TIMEOUT_EXPIRED);
	gate_open(&gate);
	OK(mp_popen_communicate(p, data, MEGA, MP_FOREVER, &said));
	EQUAL(said.out_size, 5 + MEGA);
	EQUAL(memcmp(said.out, "early", 5), 0);
	EQUAL(memcmp(said.out + 5, data, MEGA), 0);
	mp_output_release(&said);
	mp_popen_free(p);
	gate_release(&gate);
	free(data);
}

ROW("spawn.3/grandchild", 1, "a program's child that holds the pipes does not prolong the time",
    .seconds = 3, .graph = "nothing left; no zombie")
{
	struct mp_output said = {0};
	struct gate gate;
	int status;

	adopt_orphans();
	gate_init(&gate);
	FAILS(mp_run(&said, SHELL("cat <&3 & echo started; exec sleep 1000"),
		  &(struct mp_run_options){.capture = true,
		      .timeout = 0.3,
		      .popen = {.pass = &gate.fds[0], .pass_count = 1}}),
	    MP_TIMEOUT_EXPIRED);
	EQUAL_TEXT(said.out, "started\n");
	mp_output_release(&said);
	gate_open(&gate);
	TRUE(reap_any(&status) > 0 && status == 0, "the grandchild was alive, and is adopted here");
	gate_release(&gate);
}

static void *
echo_in_thread(void *arg)
{
	struct mp_output said;
	char *data = filled(100000);

	memset(data, *(char *)arg, 100000);
	int error = mp_run(&said, (char *[]){(char *)"cat", NULL},
	    &(struct mp_run_options){.input = data, .input_size = 100000, .capture = true});
	bool right = !error && said.out_size == 100000 && !memcmp(said.out, data, 100000);

	if (!error)
		mp_output_release(&said);
	free(data);
	return right ? arg : NULL;
}

ROW("spawn.3/threads", 1, "many threads run programs at once, and none holds another's pipes",
    .seconds = 4, TIDY)
{
	char letter[] = "abcdefgh";
	pthread_t thread[8];
	void *right;
	int before = count_own();

	for (int i = 0; i < 8; i++)
		EQUAL(pthread_create(&thread[i], NULL, echo_in_thread, &letter[i]), 0);
	for (int i = 0; i < 8; i++) {
		EQUAL(pthread_join(thread[i], &right), 0);
		TRUE(right, "thread %d got back what it said", i);
	}
	EQUAL(count_own(), before);
}

/* --- spawn.4: spawn -------------------------------------------------------------------------------- */

static int changed = 6;

/* Everything that a child by spawn or forkserver should find; the number of what is wrong. */
static int
look_around(struct mp_value *args)
{
	struct mp_process *me = mp_current_process(), *parent = mp_parent_process();

	if (changed != 6)
		return 1; /* the parent's memory */
	if (mp_process_pid(me) != getpid() || strcmp(mp_process_name(me), "worker"))
		return 2;
	if (!parent || mp_process_pid(parent) != arg_int(args, 0) ||
	    strcmp(mp_process_name(parent), "the boss") || mp_process_is_alive(parent) != 1)
		return 3;
	if (mp_get_start_method(true) != (enum mp_method)arg_int(args, 1))
		return 4;
	if (getchar() != EOF)
		return 5;
	if (!mp_process_daemon(me) || mp_process_start(me) != MP_NOT_PARENT ||
	    mp_process_join(me, 0) != MP_NOT_PARENT)
		return 6;
	return mp_active_children(NULL, 0);
}
MP_REGISTER(look_around);

static void
look_around_by(enum mp_method method)
{
	struct mp_process_options options = {.name = "worker", .daemon = MP_DAEMON_YES};

	guarded();
	OK(mp_process_set_name(mp_current_process(), "the boss"));
	changed = 600;
	struct mp_process *p =
	    called(method, look_around, mp_tuple(mp_int(getpid()), mp_int(method)), &options);
	TRUE(mp_process_pid(p) > 0 && mp_process_pid(p) != getpid(), "the child has its own pid");
	EQUAL(finished(p), 0);
	EQUAL(mp_get_start_method(true), MP_DEFAULT);
	let_go(method);
}

/* 2, 13, 20 */
ROW("spawn.4/child", 2, "a spawned child is a new program that knows itself and its parent", TIDY)
{
	look_around_by(MP_SPAWN);
}

static int
compare_args(struct mp_value *args)
{
	struct mp_value *same = mp_tuple(mp_int(1), mp_str("caf\303\251"),
	    mp_list(mp_none(), mp_float(1.5), mp_bytes("\0\1", 2)),
	    mp_dict(mp_str("key"), mp_tuple(mp_bool(true))));
	int equal = mp_value_equal(args, same);

	mp_value_free(same);
	return equal == 1 ? 0 : 1;
}
MP_REGISTER(compare_args);

ROW("spawn.4/args", 1, "a spawned child gets its arguments, whatever they are", TIDY)
{
	guarded();
	EQUAL(finished(called(MP_SPAWN, compare_args,
		  mp_tuple(mp_int(1), mp_str("caf\303\251"),
		      mp_list(mp_none(), mp_float(1.5), mp_bytes("\0\1", 2)),
		      mp_dict(mp_str("key"), mp_tuple(mp_bool(true)))),
		  NULL)),
	    0);
	let_go(MP_SPAWN);
}

static int
count_bytes(struct mp_value *args)
{
	return mp_value_len(mp_value_at(args, 0)) == MEGA ? 0 : 1;
}
MP_REGISTER(count_bytes);

ROW("spawn.4/large", 1, "arguments may be larger than a pipe", TIDY)
{
	char *data = filled(MEGA);

	guarded();
	EQUAL(finished(called(MP_SPAWN, count_bytes, mp_tuple(mp_bytes(data, MEGA)), NULL)), 0);
	free(data);
	let_go(MP_SPAWN);
}

/* Start one more by the default, n times; the name of the last is Process-1:1:1... */
static int
go_deeper(struct mp_value *args)
{
	int n = arg_int(args, 0);
	struct mp_process *p;
	int code = 100;
	char name[32] = "Process-1";

	for (int i = 0; i < 2 - n; i++)
		strcat(name, ":1");
	if (strcmp(mp_process_name(mp_current_process()), name))
		return 50 + n;
	if (n == 0)
		return 0;
	if (mp_process_call(&p, NULL, go_deeper, mp_tuple(mp_int(n - 1)), NULL) ||
	    mp_process_start(p) || mp_process_join(p, MP_FOREVER) ||
	    mp_process_exitcode(p, &code) != 1)
		return 60 + n;
	mp_process_free(p);
	return code;
}
MP_REGISTER(go_deeper);

/* 16, 88 */
ROW("spawn.4/deeper", 1, "a spawned child spawns: names are counted on, the tracker is the same",
    .graph = "every child reaped by its parent; nothing left; exactly 5 processes")
{
	guarded();
	EQUAL(finished(called(MP_SPAWN, go_deeper, mp_tuple(mp_int(2)), NULL)), 0);
	let_go(MP_SPAWN);
}

/* How many descriptors there are; 100 more if the one in the arguments is open. */
static int
count_mine(struct mp_value *args)
{
	bool open;
	int n = count_descriptors(arg_int(args, 0), &open);

	return open ? 100 + n : n;
}
MP_REGISTER(count_mine);

/* A hundred children of one method, ten at a time: what they count. Ours grow meanwhile. */
static int
counted_by(enum mp_method method, int high)
{
	struct mp_process *p[10];
	int more[10], first = -1;

	for (int i = 0; i < 10; i++) {
		more[i] = fcntl(STDERR_FILENO, F_DUPFD, 20);
		for (int j = 0; j < 10; j++)
			p[j] = called(method, count_mine, mp_tuple(mp_int(high)), NULL);
		for (int j = 0; j < 10; j++) {
			int n = finished(p[j]);
			first = first < 0 ? n : first;
			EQUAL(n, first);
		}
	}
	for (int i = 0; i < 10; i++)
		mp_close(&more[i]);
	return first;
}

/* 18, 19 */
ROW("spawn.4/descriptors", 2,
    "a hundred spawned children have the descriptors that they need, no others", .seconds = 4, TIDY)
{
	int high = fcntl(STDERR_FILENO, F_DUPFD, 200); /* not closed by exec */

	guarded();
	/* Its streams, the tracker's, and what tells of its parent. */
	BETWEEN(counted_by(MP_SPAWN, high), 3, 6);
	mp_close(&high);
	let_go(MP_SPAWN);
}

static int
write_word(struct mp_value *args)
{
	int fd = arg_fd(args, 0), again = arg_fd(args, 1);

	if (fcntl(fd, F_GETFD) != FD_CLOEXEC || mp__spawning_fd(fd) != MP_NOT_SPAWNING)
		return 1;
	if (mp__spawned_fd(99) != -EBADF || mp__spawned_fd(-1) != -EBADF)
		return 2;
	return mp_write_all(fd, "hel", 3) || mp_write_all(again, "lo", 2) ? 3 : 0;
}
MP_REGISTER(write_word);

static void
inherit_by(enum mp_method method)
{
	struct ear ear;

	ear_init(&ear);
	guarded();
	FAILS(mp__spawning_fd(ear.fds[1]), MP_NOT_SPAWNING);
	EQUAL(finished(
		  called(method, write_word, mp_tuple(carry(ear.fds[1]), carry(ear.fds[1])), NULL)),
	    0);
	FAILS(mp__spawning_fd(ear.fds[1]), MP_NOT_SPAWNING);
	EQUAL_TEXT(ear_text(&ear), "hello");
	let_go(method);
}

ROW("spawn.4/inherits", 2, "a descriptor that an argument names is inherited, and closed by exec",
    TIDY)
{
	inherit_by(MP_SPAWN);
}

static const struct mp_class stubborn = {.name = "stubborn"};
MP_REGISTER_CLASS(stubborn);

ROW("spawn.4/refused", 1, "what cannot be sent is refused in words, and no process is made",
    .graph = "exactly 1 processes")
{
	struct mp_process *p = NULL;
	int before = count_own();

	guarded();
	OK(mp_process_call(&p, mp_get_context(MP_SPAWN), unnamed, mp_tuple(), NULL));
	FAILS(mp_process_start(p), MP_NOT_REGISTERED);
	TRUE(strstr(mp_spawn_why(), "unnamed"), "the words name the function: %s", mp_spawn_why());
	EQUAL(mp_process_pid(p), 0);
	FAILS(mp_process_start(p), MP_NOT_REGISTERED); /* and not "started before" */
	mp_process_free(p);
	OK(mp_process_call(&p, mp_get_context(MP_SPAWN), give_number,
	    mp_tuple(mp_int(6), mp_list(mp_object(&stubborn, &p))), NULL));
	FAILS(mp_process_start(p), MP_NOT_PICKLABLE);
	TRUE(strstr(mp_spawn_why(), "[1][0]"), "the words name the part: %s", mp_spawn_why());
	mp_process_free(p);
	EQUAL(count_own(), before);
}

ROW("spawn.4/guard", 2,
    "who has not passed mp_init cannot spawn, so no main starts itself for ever", TIDY)
{
	struct mp_process *p = NULL;

	for (int i = 1; i < 3; i++) {
		OK(mp_process_call(
		    &p, mp_get_context(methods[i]), give_number, mp_tuple(mp_int(6)), NULL));
		FAILS(mp_process_start(p), MP_NO_GUARD);
		mp_process_free(p);
	}
	EQUAL(finished(called(MP_FORK, give_number, mp_tuple(mp_int(5)), NULL)), 5);
	EQUAL(waitpid(-1, NULL, WNOHANG), -1);
	guarded();
	EQUAL(finished(called(MP_SPAWN, give_number, mp_tuple(mp_int(6)), NULL)), 6);
	let_helpers_go();
}

ROW("spawn.4/by-hand", 1, "a person who says --mp-spawn is told so, and nothing begins", TIDY)
{
	static const char *const word[] = {"--mp-spawn", "--mp-forkserver"};

	for (int i = 0; i < 2; i++) {
		struct mp_output said;
		OK(mp_run(&said, (char *[]){(char *)"/proc/self/exe", (char *)word[i], NULL},
		    &(struct mp_run_options){.capture = true}));
		EQUAL(said.code, 1);
		TRUE(strstr(said.err, word[i]), "standard error names %s", word[i]);
		mp_output_release(&said);
	}
}

/* An object that cannot be made in the child: the error is its state. */
static int
trap_reduce(void *object, struct mp_value **state)
{
	*state = mp_int((intptr_t)object);
	return *state ? 0 : -ENOMEM;
}

static int
trap_rebuild(const struct mp_value *state, void **object)
{
	int64_t code = 0;
	int error = mp_value_int(state, &code);

	*object = NULL;
	return error ? error : (int)code;
}

static const struct mp_class trap = {"trap", trap_reduce, trap_rebuild, NULL, NULL};
MP_REGISTER_CLASS(trap);

/* A program that has more to do before main, and comes to its end there. */
__attribute__((constructor)) static void
die_before_main(void)
{
	if (getenv("ROW_DIES"))
		_exit(atoi(getenv("ROW_DIES")));
}

ROW("spawn.4/unread", 1, "a child that ends before it has its arguments has been started", TIDY)
{
	struct ear ear;
	int kept;
	char *data = filled(MEGA);

	guarded();
	EQUAL(setenv("ROW_DIES", "7", 1), 0);
	EQUAL(finished(called(MP_SPAWN, count_bytes, mp_tuple(mp_bytes(data, MEGA)), NULL)), 7);
	EQUAL(unsetenv("ROW_DIES"), 0);
	free(data);
	ear_init(&ear);
	OK(mp_tracker_fd());
	kept = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 3);
	dup2(ear.fds[1], STDERR_FILENO);
	struct mp_process *p = called(
	    MP_SPAWN, give_number, mp_tuple(mp_object(&trap, (void *)(intptr_t)MP_INVALID)), NULL);
	dup2(kept, STDERR_FILENO);
	mp_close(&kept);
	EQUAL(finished(p), 1);
	TRUE(strstr(ear_text(&ear), "Process-2"), "the child says who cannot load its arguments");
	let_go(MP_SPAWN);
}

/* The spawned child cannot know itself when it must go: its data stand in the pipe. */
static int
start_and_die(struct mp_value *args)
{
	struct mp_process *p;

	if (mp_process_call(&p, NULL, tell_and_stay,
		mp_tuple(mp_value_ref(mp_value_at(args, 0)), mp_value_ref(mp_value_at(args, 1))),
		&(struct mp_process_options){.death_signal = arg_int(args, 2)}) ||
	    mp_process_start(p))
		return 1;
	return sleep_forever(NULL);
}
MP_REGISTER(start_and_die);

/* Kill a child that has a child with a death signal: that one's status, or 0 if it lives. */
static void
orphan_by(enum mp_method method)
{
	struct gate life;
	struct ear ear;

	adopt_orphans();
	gate_init(&life);
	ear_init(&ear);
	guarded();
	struct mp_process *middle = called(method, start_and_die,
	    mp_tuple(carry(ear.fds[1]), carry(life.fds[0]), mp_int(SIGKILL)), NULL);
	EQUAL(read_byte(ear.fds[0]), 'r'); /* the grandchild runs */
	mp_close(&ear.fds[1]);
	OK(mp_process_kill(middle));
	EQUAL(finished(middle), -SIGKILL);
	EQUAL_TEXT(ear_text(&ear), ""); /* its end of the pipe is closed: it is dead */
	gate_release(&life);
}

ROW("spawn.4/death-signal", 1, "a spawned child with a death signal dies with its parent",
    .seconds = 3, .graph = "nothing left; no zombie")
{
	int status;

	orphan_by(MP_SPAWN);
	TRUE(reap_any(&status) > 0 && WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL,
	    "the grandchild is adopted here, and was killed");
	let_go(MP_SPAWN);
}

static int
count_closed(struct mp_value *args)
{
	(void)args;
	return (fcntl(STDIN_FILENO, F_GETFD) >= 0) + 2 * (fcntl(STDOUT_FILENO, F_GETFD) < 0);
}
MP_REGISTER(count_closed);

/* 22 */
ROW("spawn.4/closed", 1, "without standard streams one can spawn: what is closed stays closed",
    TIDY)
{
	int kept = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 10), code[3];

	guarded();
	close(STDIN_FILENO);
	close(STDOUT_FILENO);
	for (int i = 0; i < 3; i++)
		code[i] = finished(called(methods[i], count_closed, mp_tuple(), NULL));
	let_helpers_go();
	EQUAL(open("/dev/null", O_RDONLY | O_CLOEXEC), STDIN_FILENO);
	EQUAL(dup2(kept, STDOUT_FILENO), STDOUT_FILENO);
	mp_close(&kept);
	for (int i = 0; i < 3; i++)
		EQUAL(code[i], 3);
}

/* 17 */
ROW("spawn.4/twenty", 1, "twenty spawned children at a time end with their own codes", .seconds = 4,
    TIDY)
{
	struct mp_process *p[20];

	guarded();
	for (int i = 0; i < 20; i++)
		p[i] = called(MP_SPAWN, give_number, mp_tuple(mp_int(i)), NULL);
	for (int i = 0; i < 20; i++)
		EQUAL(finished(p[i]), i);
	let_go(MP_SPAWN);
}

/* --- spawn.5: the forkserver ----------------------------------------------------------------------- */

ROW("spawn.5/child", 2, "a child of the forkserver is a clean one, whose parent is the caller",
    TIDY)
{
	look_around_by(MP_FORKSERVER);
}

static int
tell_parent(struct mp_value *args)
{
	(void)args;
	return getppid() == arg_int(args, 0) ? 0 : 1;
}
MP_REGISTER(tell_parent);

ROW("spawn.5/server", 1, "one server makes all children, has one thread, and is executed once",
    .graph = "every child reaped by its parent; nothing left; exactly 6 processes")
{
	char path[48];
	DIR *dir;
	int threads = 0;

	guarded();
	EQUAL(mp_forkserver_pid(), 0);
	EQUAL(finished(called(MP_FORKSERVER, give_number, mp_tuple(mp_int(6)), NULL)), 6);
	pid_t pid = mp_forkserver_pid();
	TRUE(pid > 0, "the server is known");
	for (int i = 0; i < 2; i++)
		EQUAL(finished(called(MP_FORKSERVER, tell_parent, mp_tuple(mp_int(pid)), NULL)), 0);
	snprintf(path, sizeof(path), "/proc/%d/task", pid);
	for (dir = opendir(path); dir && readdir(dir); threads++)
		;
	closedir(dir);
	EQUAL(threads, 3); /* "." and ".." are two */
	EQUAL(mp_forkserver_pid(), pid);
	let_helpers_go();
}

/* 3, 4, 5 */
ROW("spawn.5/codes", 1, "exit codes and signals come through the server", .seconds = 3, TIDY)
{
	int code = 77;

	guarded();
	struct mp_process *p = called(MP_FORKSERVER, await_signal, mp_tuple(), NULL);
	EQUAL(mp_process_is_alive(p), 1);
	EQUAL(mp_process_exitcode(p, &code), 0);
	FAILS(mp_process_join(p, 0.02), MP_TIMEOUT);
	OK(mp_process_terminate(p));
	EQUAL(joined(p), -SIGTERM);
	EQUAL(mp_process_exitcode(p, &code), 1); /* kept */
	EQUAL(code, -SIGTERM);
	OK(mp_process_close(p));
	mp_process_free(p);
	p = called(MP_FORKSERVER, await_signal, mp_tuple(), NULL);
	OK(mp_process_kill(p));
	EQUAL(finished(p), -SIGKILL);
	EQUAL(finished(called(MP_FORKSERVER, give_number, mp_tuple(mp_int(250)), NULL)), 250);
	EQUAL(mp_active_children(NULL, 0), 0);
	let_helpers_go();
}

/* 18, 19 */
ROW("spawn.5/descriptors", 1, "a hundred children of the forkserver have what they need, no others",
    .seconds = 4, TIDY)
{
	int high = fcntl(STDERR_FILENO, F_DUPFD, 200);

	guarded();
	BETWEEN(counted_by(MP_FORKSERVER, high), 3, 7);
	mp_close(&high);
	let_helpers_go();
}

ROW("spawn.5/inherits", 1, "a descriptor that an argument names goes by way of the server", TIDY)
{
	inherit_by(MP_FORKSERVER);
}

static int
leave_a_grandchild(struct mp_value *args)
{
	pid_t pid = fork();
	char byte;

	if (pid == 0) {
		tell(arg_fd(args, 0), 'r');
		_exit((int)read(arg_fd(args, 1), &byte, 1));
	}
	_exit(7);
}
MP_REGISTER(leave_a_grandchild);

ROW("spawn.5/sentinel", 1, "the sentinel is ready when the child is dead, though its child lives",
    .seconds = 3, .graph = "nothing left; no zombie")
{
	struct gate life;
	struct ear ear;
	int status;

	adopt_orphans();
	gate_init(&life);
	ear_init(&ear);
	guarded();
	struct mp_process *p = called(MP_FORKSERVER, leave_a_grandchild,
	    mp_tuple(carry(ear.fds[1]), carry(life.fds[0])), NULL);
	EQUAL(read_byte(ear.fds[0]), 'r');
	OK(mp_process_join(p, MP_FOREVER));
	EQUAL(finished(p), 7);
	gate_open(&life);
	TRUE(reap_any(&status) > 0 && status == 0, "the grandchild was alive, and is adopted here");
	ear_text(&ear);
	gate_release(&life);
	let_helpers_go();
}

/* 23 */
ROW("spawn.5/killed", 2,
    "when the server is killed, its child's code is lost, the next start works", .seconds = 3,
    .graph = "nothing left; no zombie")
{
	struct gate life;
	struct ear ear;
	int status, code = 77;

	adopt_orphans(); /* of a killed server */
	gate_init(&life);
	ear_init(&ear);
	guarded();
	struct mp_process *p = called(
	    MP_FORKSERVER, tell_and_stay, mp_tuple(carry(ear.fds[1]), carry(life.fds[0])), NULL);
	EQUAL(read_byte(ear.fds[0]), 'r');
	pid_t child = mp_process_pid(p), server = mp_forkserver_pid();
	EQUAL(kill(server, SIGKILL), 0);
	EQUAL(finished(called(MP_FORKSERVER, give_number, mp_tuple(mp_int(6)), NULL)), 6);
	TRUE(mp_forkserver_pid() != server, "there is a new server");
	EQUAL(mp_process_exitcode(p, &code), 0); /* it still runs: so nobody knows its code yet */
	EQUAL(mp_process_is_alive(p), 1);
	gate_open(&life);
	EQUAL(waitpid(child, &status, 0), child);
	EQUAL(finished(p), 255);
	ear_text(&ear);
	gate_release(&life);
	let_helpers_go();
}

/* 24 */
ROW("spawn.5/interrupt", 1, "SIGINT does nothing to the server, but to its children it does",
    .seconds = 3, TIDY)
{
	guarded();
	EQUAL(finished(called(MP_FORKSERVER, give_number, mp_tuple(mp_int(6)), NULL)), 6);
	pid_t server = mp_forkserver_pid();
	EQUAL(kill(server, SIGINT), 0);
	struct mp_process *p = called(MP_FORKSERVER, await_signal, mp_tuple(), NULL);
	EQUAL(mp_forkserver_pid(), server);
	OK(mp_process_interrupt(p));
	EQUAL(finished(p), -SIGINT);
	let_helpers_go();
}

/* 16, 88 */
ROW("spawn.5/deeper", 1, "its children ask the same server for children of their own",
    .graph = "every child reaped by its parent; nothing left; exactly 6 processes")
{
	guarded();
	EQUAL(finished(called(MP_FORKSERVER, go_deeper, mp_tuple(mp_int(2)), NULL)), 0);
	let_helpers_go();
}

ROW("spawn.5/death-signal", 1, "its child with a death signal dies with the caller", .seconds = 3,
    .graph = "no zombie")
{
	/* Our own server: the middle one asks it, and is killed; so the server reaps both, unless
	 * it ends while the last of them is still dying: then that one is ours. */
	orphan_by(MP_FORKSERVER);
	let_helpers_go();
	while (waitpid(-1, NULL, 0) > 0)
		;
}

static int
start_and_exit(struct mp_value *args)
{
	struct mp_process *p;

	if (mp_process_call(
		&p, mp_get_context(MP_FORKSERVER), give_number, mp_tuple(mp_int(6)), NULL) ||
	    mp_process_start(p) || mp_process_join(p, MP_FOREVER))
		return 1;
	mp_process_free(p);
	pid_t server = mp_forkserver_pid();
	(void)!mp_write_all(arg_fd(args, 0), &server, sizeof(server));
	return sleep_forever(NULL);
}
MP_REGISTER(start_and_exit);

/* As in spawn.6/cleans: it may be dead before its parent is. */
ROW("spawn.5/ends", 1, "the server ends when the last who could ask it is gone, however it went",
    .seconds = 3, .graph = "nothing left", .owes = "zombie")
{
	struct ear ear;
	pid_t server = 0;
	int status;

	adopt_orphans();
	ear_init(&ear);
	guarded();
	struct mp_process *p = called(MP_SPAWN, start_and_exit, mp_tuple(carry(ear.fds[1])), NULL);
	EQUAL(mp_read_all(ear.fds[0], &server, sizeof(server)), (ssize_t)sizeof(server));
	OK(mp_process_kill(p));
	EQUAL(finished(p), -SIGKILL);
	EQUAL(waitpid(server, &status, 0), server);
	EQUAL(status, 0);
	ear_text(&ear);
	let_helpers_go();
}

static void *
ask_in_thread(void *arg)
{
	struct mp_process *p;
	int code = -1;

	if (mp_process_call(
		&p, mp_get_context(MP_FORKSERVER), give_number, mp_tuple(mp_int(6)), NULL))
		return NULL;
	bool right = mp_process_start(p) == 0 && mp_process_join(p, MP_FOREVER) == 0 &&
		     mp_process_exitcode(p, &code) == 1 && code == 6;
	mp_process_free(p);
	return right ? arg : NULL;
}

/* 17 */
ROW("spawn.5/threads", 1, "many threads ask at once, the first of them for a server, too",
    .seconds = 4, .graph = "every child reaped by its parent; nothing left; exactly 11 processes")
{
	pthread_t thread[8];
	void *right;

	guarded();
	for (int i = 0; i < 8; i++)
		EQUAL(pthread_create(&thread[i], NULL, ask_in_thread, thread), 0);
	for (int i = 0; i < 8; i++) {
		EQUAL(pthread_join(thread[i], &right), 0);
		TRUE(right, "thread %d had a child that left with 6", i);
	}
	let_helpers_go();
}

ROW("spawn.5/fifty", 1, "fifty end by SIGTERM, the first one first, the others at a time",
    .seconds = 4, TIDY)
{
	struct mp_process *p[50];

	guarded();
	for (int i = 0; i < 50; i++)
		p[i] = called(MP_FORKSERVER, await_signal, mp_tuple(), NULL);
	EQUAL(mp_active_children(NULL, 0), 50);
	OK(mp_process_terminate(p[0]));
	EQUAL(finished(p[0]), -SIGTERM);
	for (int i = 1; i < 50; i++)
		OK(mp_process_terminate(p[i]));
	for (int i = 1; i < 50; i++)
		EQUAL(finished(p[i]), -SIGTERM);
	let_helpers_go();
}

/* --- spawn.6: the tracker ---------------------------------------------------------------------------- */

static char names[3][40];

/* Shared memory and a semaphore that nobody will unlink but the tracker. */
static void
make_names(void)
{
	for (int i = 0; i < 3; i++)
		snprintf(names[i], sizeof(names[i]), "/mp-row-%d-%d", getpid(), i);
	for (int i = 0; i < 2; i++) {
		int fd = shm_open(names[i], O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC, 0600);
		OK(fd);
		mp_close(&fd);
	}
	sem_t *semaphore = sem_open(names[2], O_CREAT | O_EXCL, 0600, 1);
	TRUE(semaphore != SEM_FAILED, "sem_open makes a semaphore");
	sem_close(semaphore);
}

static void
unlink_names(void)
{
	shm_unlink(names[0]);
	shm_unlink(names[1]);
	sem_unlink(names[2]);
}

static int
count_names(void)
{
	char path[64];
	int n = 0;

	for (int i = 0; i < 3; i++) {
		snprintf(path, sizeof(path), "/dev/shm/%s%s", i == 2 ? "sem." : "", names[i] + 1);
		n += access(path, F_OK) == 0;
	}
	return n;
}

/* Standard error goes into the ear, for the tracker to inherit; back to what it was. */
static int
listen_to_errors(struct ear *ear)
{
	int kept = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 3);

	ear_init(ear);
	EQUAL(dup2(ear->fds[1], STDERR_FILENO), STDERR_FILENO);
	return kept;
}

static void
restore_errors(int kept)
{
	EQUAL(dup2(kept, STDERR_FILENO), STDERR_FILENO);
	mp_close(&kept);
}

/* 89 */
ROW("spawn.6/clean", 1, "what was registered and unregistered is no leak; the exit code says so",
    TIDY)
{
	struct ear ear;
	int kept = listen_to_errors(&ear);

	make_names();
	for (int i = 0; i < 2; i++) /* twice is once */
		OK(mp_tracker_register(names[0], "shared_memory"));
	OK(mp_tracker_register(names[2], "semaphore"));
	OK(mp_tracker_unregister(names[0], "shared_memory"));
	OK(mp_tracker_unregister(names[2], "semaphore"));
	int code = mp_tracker_stop();
	restore_errors(kept);
	EQUAL(code, 0);
	EQUAL(mp_tracker_stop(), 0); /* there is none */
	EQUAL(count_names(), 3);
	unlink_names();
	EQUAL_TEXT(ear_text(&ear), "");
}

static int
register_and_die(void *unused)
{
	(void)unused;
	if (mp_tracker_register(names[0], "shared_memory") ||
	    mp_tracker_register(names[1], "shared_memory") ||
	    mp_tracker_register(names[2], "semaphore"))
		return 1;
	raise(SIGKILL);
	return 2;
}

/* 85 */
/* A process that is killed closes its descriptors before it is dead: so the tracker may be dead
 * before its parent is, and for a moment a zombie. */
ROW("spawn.6/cleans", 2, "what the dead leave is unlinked, and counted on standard error",
    .graph = "nothing left", .owes = "zombie")
{
	struct ear ear;
	int kept = listen_to_errors(&ear), status;

	make_names();
	adopt_orphans();
	/* It starts a tracker of its own, which we adopt. */
	struct mp_process *p = started(register_and_die, NULL, NULL);
	EQUAL(joined(p), -SIGKILL);
	TRUE(reap_any(&status) > 0, "the tracker is adopted here");
	restore_errors(kept);
	EQUAL(WEXITSTATUS(status), 1);
	EQUAL(count_names(), 0);
	const char *text = ear_text(&ear);
	TRUE(strstr(text, "2 leaked shared_memory"), "standard error counts two: %s", text);
	TRUE(strstr(text, "1 leaked semaphore"), "standard error counts one: %s", text);
	mp_process_free(p);
}

/* The tracker of this process: the child that names itself so. */
static pid_t
tracker_pid(void)
{
	char path[64];
	struct mp_proc proc;
	int pid, found = 0;

	snprintf(path, sizeof(path), "/proc/self/task/%d/children", gettid());
	FILE *file = fopen(path, "re");
	while (file && !found && fscanf(file, "%d", &pid) == 1)
		if (mp_proc_read(pid, &proc) == 0 && proc.state != 'Z')
			found = pid;
	if (file)
		fclose(file);
	TRUE(found, "the tracker is a child of this process");
	return found;
}

/* 86 */
ROW("spawn.6/signals", 1, "the tracker survives SIGINT and SIGTERM", TIDY)
{
	make_names();
	OK(mp_tracker_register(names[0], "shared_memory"));
	pid_t pid = tracker_pid();
	EQUAL(kill(pid, SIGINT), 0);
	EQUAL(kill(pid, SIGTERM), 0);
	OK(mp_tracker_register(names[1], "shared_memory"));
	EQUAL(tracker_pid(), pid);
	OK(mp_tracker_unregister(names[0], "shared_memory"));
	OK(mp_tracker_unregister(names[1], "shared_memory"));
	EQUAL(mp_tracker_stop(), 0);
	EQUAL(count_names(), 3);
	unlink_names();
}

static int
count_lines(const char *text)
{
	int n = 0;

	for (; *text; text++)
		n += *text == '\n';
	return n;
}

static pid_t
kill_tracker(void)
{
	siginfo_t info;
	pid_t pid = tracker_pid();

	EQUAL(kill(pid, SIGKILL), 0);
	EQUAL(waitid(P_PID, (id_t)pid, &info, WEXITED | WNOWAIT), 0);
	return pid;
}

/* 87 */
ROW("spawn.6/killed", 2, "a tracker that was killed is started anew, with one warning",
    .seconds = 3, TIDY)
{
	struct ear ear;
	int kept = listen_to_errors(&ear);

	make_names();
	OK(mp_tracker_register("/noop", "noop"));
	pid_t pid = kill_tracker();
	OK(mp_tracker_register(names[0], "shared_memory"));
	OK(mp_tracker_register(names[1], "shared_memory"));
	TRUE(tracker_pid() != pid, "there is a new tracker");
	OK(mp_tracker_unregister(names[1], "shared_memory"));
	OK(mp_tracker_unregister(names[0], "shared_memory"));
	/* And also for who asks for the pipe only. */
	kill_tracker();
	struct pollfd end = {.fd = OK(mp_tracker_fd())};
	EQUAL(poll(&end, 1, 0), 0);
	int code = mp_tracker_stop();
	restore_errors(kept);
	EQUAL(code, 0);
	unlink_names();
	EQUAL(count_lines(ear_text(&ear)), 2);
}

static int
register_name(struct mp_value *args)
{
	return mp_tracker_register(mp_value_str(mp_value_at(args, 0)), "noop") ? 1 : 0;
}
MP_REGISTER(register_name);

/* 88 */
ROW("spawn.6/shared", 1, "children of all methods use their parent's tracker", .seconds = 3,
    .graph = "every child reaped by its parent; nothing left; exactly 6 processes")
{
	static const char *const name[] = {"/by-fork", "/by-spawn", "/by-forkserver"};
	struct ear ear;
	int kept = listen_to_errors(&ear);

	guarded();
	OK(mp_tracker_fd());
	for (int i = 0; i < 3; i++)
		EQUAL(finished(called(methods[i], register_name, mp_tuple(mp_str(name[i])), NULL)),
		    0);
	/* Unregistered here: so here it was registered. */
	for (int i = 0; i < 3; i++)
		OK(mp_tracker_unregister(name[i], "noop"));
	EQUAL(mp_forkserver_stop(), 0);
	int code = mp_tracker_stop();
	restore_errors(kept);
	EQUAL(code, 0);
	EQUAL_TEXT(ear_text(&ear), "");
}

/* 90 */
ROW("spawn.6/refused", 1, "a line of more than 512 bytes is refused, and what would break lines",
    TIDY)
{
	char name[600];

	memset(name, 'x', sizeof(name));
	name[0] = '/';
	name[512 - strlen("UNREGISTER::noop\n")] = '\0';
	OK(mp_tracker_register(name, "noop"));
	OK(mp_tracker_unregister(name, "noop"));
	strcat(name, "x");
	FAILS(mp_tracker_unregister(name, "noop"), MP_INVALID);
	strcat(name, "xx");
	FAILS(mp_tracker_register(name, "noop"), MP_INVALID);
	FAILS(mp_tracker_register("/a:b", "noop"), MP_INVALID);
	FAILS(mp_tracker_register("/a\nb", "noop"), MP_INVALID);
	FAILS(mp_tracker_register("/ab", "folder"), MP_INVALID);
	EQUAL(mp_tracker_stop(), 0);
}

static int
be_tracker(void *reader)
{
	return mp_tracker_main(*(int *)reader);
}

/* What a tracker makes of these lines: its exit code. Its words go to the ear. */
static int
tracked(const char *lines, struct ear *ear)
{
	int fds[2], kept = listen_to_errors(ear);

	OK(mp_pipe_cloexec(fds));
	OK(mp_write_all(fds[1], lines, strlen(lines)));
	mp_close(&fds[1]);
	int status = waited(forked(be_tracker, &fds[0]));
	restore_errors(kept);
	mp_close(&fds[0]);
	return WEXITSTATUS(status);
}

/* 89 */
ROW("spawn.6/codes", 1, "the exit code: nothing left, something, not unlinked, a line was wrong",
    TIDY)
{
	static const struct {
		const char *lines;
		int code;
	} trial[] = {
	    {"PROBE:0:noop\nREGISTER:/a:noop\nUNREGISTER:/a:noop\n", 0},
	    {"REGISTER:/a:noop\nREGISTER:/a:semaphore\nUNREGISTER:/a:semaphore\n", 1},
	    {"REGISTER:/no-such-name:shared_memory\n", 2},
	    {"UNREGISTER:/a:noop\n", 3},
	    {"REGISTER:/a:folder\n", 3},
	    {"HELLO:/a:noop\n", 3},
	    {"nonsense\nREGISTER:/a:noop\nUNREGISTER:/a:noop\n", 3},
	    {"REGISTER:/cut", 3},
	};

	for (size_t i = 0; i < sizeof(trial) / sizeof(trial[0]); i++) {
		struct ear ear;
		row_step("the lines %zu", i);
		EQUAL(tracked(trial[i].lines, &ear), trial[i].code);
		ear_text(&ear);
	}
}

/* Run a line of Python with one descriptor, 3; its exit code, or 127: there is no Python. */
static int
python(const char *text, int fd)
{
	struct mp_popen *p = NULL;
	int error = mp_popen(&p, (char *[]){(char *)"python3", (char *)"-c", (char *)text, NULL},
	    &(struct mp_popen_options){.pass = &fd, .pass_count = 1});

	if (error == -ENOENT)
		return 127;
	OK(error);
	return code_of(p);
}

ROW("spawn.6/python", 1, "the lines are CPython's: its programs use our tracker, and ours its",
    .seconds = 8, TIDY)
{
	struct ear ear;
	int kept = listen_to_errors(&ear), fds[2];

	make_names();
	OK(mp_tracker_register(names[2], "semaphore"));
	char text[400];
	snprintf(text, sizeof(text),
	    "from multiprocessing import resource_tracker as r; r._resource_tracker._fd = 3;"
	    "r.register('%s', 'shared_memory'); r.register('%s', 'shared_memory');"
	    "r.unregister('%s', 'shared_memory'); r.unregister('%s', 'semaphore')",
	    names[0], names[1], names[1], names[2]);
	int theirs = python(text, OK(mp_tracker_fd()));
	int code = mp_tracker_stop();
	restore_errors(kept);
	const char *said = ear_text(&ear);
	if (theirs == 127) {
		unlink_names();
		return; /* nobody to talk to */
	}
	EQUAL(theirs, 0);
	EQUAL(code, 1);
	EQUAL(count_names(), 2);
	TRUE(strstr(said, "1 leaked shared_memory"), "one was left: %s", said);

	/* Theirs, fed as ours is: it reads what we write. */
	kept = listen_to_errors(&ear);
	OK(mp_pipe_cloexec(fds));
	struct mp_popen *p =
	    opened((char *[]){(char *)"python3", (char *)"-c",
		       (char *)"from multiprocessing.resource_tracker import main; main(3)", NULL},
		&(struct mp_popen_options){.pass = &fds[0], .pass_count = 1});
	mp_close(&fds[0]);
	snprintf(text, sizeof(text),
	    "REGISTER:%s:shared_memory\nREGISTER:%s:semaphore\n"
	    "UNREGISTER:%s:semaphore\nPROBE:0:noop\n",
	    names[1], names[2], names[2]);
	OK(mp_write_all(fds[1], text, strlen(text)));
	mp_close(&fds[1]);
	code_of(p);
	restore_errors(kept);
	ear_text(&ear);
	EQUAL(count_names(), 1); /* the one was unlinked, the other not */
	unlink_names();
}
