/* SPDX-License-Identifier: MIT */
#ifndef ROW_H
#define ROW_H
/*
 * How a test row is written.
 *
 * A row is one promise, run in a process of its own. It begins with its id (the task, a
 * slash, its name), its points, and the sentence it proves; it stops at the first check
 * that fails. What a check says when it fails: what was asked, expected and seen.
 *
 *	ROW("process.3/waits", 2, "join waits until the child has ended")
 *	{
 *		struct mp_process *p = started(work, NULL);
 *		OK(mp_process_join(p, MP_FOREVER));
 *		EQUAL(mp_process_is_alive(p), 0);
 *		mp_process_free(p);
 *	}
 *
 * After the sentence may come fields of struct row: .seconds (the deadline on an idle
 * machine), .graph ("every child reaped by its parent; at most 4 alive": sentences of
 * graph/graph.h), .owes ("the zombie is the lesson": findings that are no fault), and in which
 * ways the row makes no sense, if it is run again in others: FORK_ONLY("why") (struct way).
 *
 * Invariants: only the row's own process checks; a child tells by its exit code or a pipe.
 */
#include <CUnit/CUnit.h>
#include <stdbool.h>

struct row {
	const char *id;
	int points;
	const char *sentence;
	void (*function)(void);
	const char *file;
	int line;
	double seconds;	   /* 0: 5 */
	const char *graph; /* sentences that the graph must bear out, ';' between; NULL: none */
	const char *owes;  /* kinds of findings that the row makes on purpose: "zombie orphan" */
	bool again;	   /* another stage's: run in each way of row_ways, and in no other */
	unsigned not_by;   /* but not in these: bit i: row_ways[i] */
	const char *why;   /* they make no sense */
};

/*
 * Rows of one stage may be run again in the program of another, in several ways: there
 * process.3/waits is spawn.4/process.3-waits by the second of its ways (05-spawn/travel.c).
 * Such rows bring no points: their promises have been paid for.
 */
struct way {
	const char *name, *task; /* "spawn", "spawn.4" */
	void (*begin)(void);	 /* before the row, and after it */
	void (*end)(void);
	int helpers; /* processes that it adds to those that the row's graph counts */
};
#define ROW_WAYS 3
extern const struct way row_ways[ROW_WAYS] __attribute__((weak)); /* by those who have any */

#define NO_CHILD(reason)      .not_by = 7, .why = reason
#define FORK_ONLY(reason)     .not_by = 6, .why = reason
#define NO_FORKSERVER(reason) .not_by = 4, .why = reason
#ifdef BY_METHOD
#define ROW_AGAIN true
#else
#define ROW_AGAIN false
#endif

#define ROW_JOIN_(a, b) a##b
#define ROW_JOIN(a, b)	ROW_JOIN_(a, b)
#define ROW(row_id, row_points, row_sentence, ...)                                                 \
	static void ROW_JOIN(row_, __LINE__)(void);                                                \
	static const struct row ROW_JOIN(row_of_, __LINE__) = {.id = row_id,                       \
	    .points = row_points,                                                                  \
	    .sentence = row_sentence,                                                              \
	    .function = ROW_JOIN(row_, __LINE__),                                                  \
	    .file = __FILE__,                                                                      \
	    .line = __LINE__,                                                                      \
	    .again = ROW_AGAIN,                                                                    \
	    __VA_ARGS__};                                                                          \
	static const struct row *const ROW_JOIN(row_entry_, __LINE__)                              \
	    __attribute__((section("rows"), used)) = &ROW_JOIN(row_of_, __LINE__);                 \
	static void ROW_JOIN(row_, __LINE__)(void)

/* The stage's title, once in each file of rows. */
#ifdef BY_METHOD
#define STAGE(stage_title)
#else
#define STAGE(stage_title) const char row_stage_title[] = stage_title;
#endif

/* The call returns 0 or more. Gives back what it returned. */
#define OK(call) row_ok((call), #call, __FILE__, __LINE__)
/* The call returns exactly this error. */
#define FAILS(call, error) row_fails((call), (error), #call, __FILE__, __LINE__)
/* Two integers are equal. */
#define EQUAL(seen, expected)                                                                      \
	row_equal((long long)(seen), (long long)(expected), #seen, __FILE__, __LINE__)
/* Two texts are equal. */
#define EQUAL_TEXT(seen, expected) row_equal_text((seen), (expected), #seen, __FILE__, __LINE__)
/* A number lies in a band: for times, wide. */
#define BETWEEN(seen, low, high)                                                                   \
	row_between((double)(seen), (double)(low), (double)(high), #seen, __FILE__, __LINE__)
/* Something is true; the sentence says what. */
#define TRUE(condition, ...) row_true((condition), #condition, __FILE__, __LINE__, __VA_ARGS__)

int row_ok(int seen, const char *asked, const char *file, int line);
void row_fails(int seen, int error, const char *asked, const char *file, int line);
void row_equal(long long seen, long long expected, const char *asked, const char *file, int line);
void row_equal_text(
    const char *seen, const char *expected, const char *asked, const char *file, int line);
void
row_between(double seen, double low, double high, const char *asked, const char *file, int line);
void row_true(bool condition, const char *asked, const char *file, int line, const char *sentence,
    ...) __attribute__((format(printf, 5, 6)));

/* Say where the row is now: shown when it never comes back. */
void row_step(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* A gate that one process waits at until another opens it: a pipe, so it cannot be missed.
 * It also opens when every process that could open it is dead. */
struct gate {
	int fds[2];
};
void gate_init(struct gate *gate);
void gate_open(struct gate *gate);
void gate_wait(struct gate *gate);
void gate_release(struct gate *gate);

#endif
