/* SPDX-License-Identifier: MIT */
/*
 * soak-queue [MESSAGES [SECONDS]]: ten million messages through one queue, from four processes
 * to four, of which one of each is killed every second, at random, and replaced.
 *
 * Every message has a number, and the ledger, in shared memory, says who put it and how often
 * it was got. In the end nothing may be torn, nothing got twice, nothing out of its producer's
 * order; and what is missing must be what the dead held: what waited in a producer (the queue
 * counts it), what was cut in the middle (its receiver was told), what a consumer had in its
 * hands (the ledger knows), and a put that had not returned.
 */
#define _GNU_SOURCE
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <mp.h>
#include <mp/internal.h>

enum { SLOTS = 4, LIVES = 8192, LONGEST = 300000, CAPACITY = 8000 };

#define STOP UINT64_MAX

struct message {
	uint64_t number;
	uint32_t from, size; /* whose life; of the bytes that follow */
};

/* What one process is doing; it may be killed at any moment, and this stays. */
struct life {
	_Atomic uint64_t hand; /* a producer: 1 + the number it is putting. A consumer: TAKING, or
				  2 + the number it has got and not entered yet. 0: nothing */
	_Atomic uint64_t told; /* how often a sender had died */
	bool produces, killed;
};
enum { TAKING = 1 };

static struct ledger {
	_Atomic uint64_t next;	    /* number */
	struct life lives[LIVES];   /* in the order of birth */
	_Atomic uint16_t *put_by;   /* of each number: whose life; 0: it was not put */
	_Atomic unsigned char *got; /* of each number: how often */
} * ledger;

static uint64_t messages = 10000000;
static struct mp_queue *queue;
static unsigned born = 1;

static void *
shared(size_t size)
{
	void *memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	if (memory == MAP_FAILED) {
		perror("soak-queue: mmap");
		exit(3);
	}
	return memory;
}

static _Noreturn void
fail(const char *what, uint64_t number, uint64_t detail)
{
	fprintf(
	    stderr, "soak-queue: message %" PRIu64 ": %s (%" PRIu64 ")\n", number, what, detail);
	_exit(1);
}

/* Mostly short, some of a page or so, now and then one that must go in pieces. */
static uint32_t
size_of(uint64_t number)
{
	if (number % 20011 == 0)
		return LONGEST;
	return number % 101 == 0 ? 5000 : (uint32_t)(number % 48);
}

static int
produce(void *life)
{
	static unsigned char buffer[sizeof(struct message) + LONGEST];
	struct life *me = life;
	uint16_t from = (uint16_t)(me - ledger->lives);
	uint64_t number;

	while ((number = atomic_fetch_add(&ledger->next, 1)) < messages) {
		struct message m = {number, from, size_of(number)};
		memcpy(buffer, &m, sizeof(m));
		memset(buffer + sizeof(m), (int)(number * 7 + from), m.size);
		atomic_store(&me->hand, 1 + number);
		atomic_store(&ledger->put_by[number], from);
		int error = mp_queue_put_bytes(queue, buffer, sizeof(m) + m.size, MP_FOREVER);
		if (error)
			fail("put", number, (uint64_t)-error);
		atomic_store(&me->hand, 0);
	}
	return 0;
}

static int
take(void *life)
{
	atomic_store(&((struct life *)life)->hand, TAKING);
	return 0;
}

/* Is it whole, new, and after the one before? Then it is entered. */
static void
enter(struct life *me, const unsigned char *data, size_t size)
{
	static uint64_t after[LIVES]; /* by producer: 1 + its last number that came here */
	struct message m;

	memcpy(&m, data, sizeof(m));
	if (size != sizeof(m) + m.size || m.number >= messages || m.from >= LIVES ||
	    m.size != size_of(m.number) || ledger->put_by[m.number] != m.from)
		fail("torn", m.number, size);
	for (size_t i = sizeof(m); i < size; i++)
		if (data[i] != (unsigned char)(m.number * 7 + m.from))
			fail("torn at byte", m.number, i);
	if (m.number < after[m.from])
		fail("it comes after a later one", m.number, after[m.from] - 1);
	after[m.from] = m.number + 1;
	atomic_store(&me->hand, 2 + m.number);
	if (atomic_fetch_add(&ledger->got[m.number], 1))
		fail("it has come before", m.number, m.from);
}

static int
consume(void *life)
{
	struct life *me = life;
	void *data;
	size_t size;

	for (;;) {
		int error = mp__queue_get_bytes(queue, &data, &size, MP_FOREVER, take, me);
		if (error == MP_SENDER_DIED)
			atomic_fetch_add(&me->told, 1);
		else if (error || size < sizeof(struct message))
			fail("get", 0, (uint64_t)-error);
		bool stop = !error && ((struct message *)data)->number == STOP;
		if (!error && !stop)
			enter(me, data, size);
		atomic_store(&me->hand, 0);
		if (!error)
			free(data);
		if (stop)
			return 0;
	}
}

/* --- the one who kills ---------------------------------------------------------------------- */

struct worker {
	struct mp_process *process;
	struct life *life;
};

static void
need(int error, const char *what)
{
	if (error >= 0)
		return;
	fprintf(stderr, "soak-queue: %s: %s\n", what, mp_error_text(error));
	exit(3);
}

static void
start(struct worker *worker, int (*target)(void *))
{
	if (born == LIVES)
		need(-ENOSPC, "too many lives");
	worker->life = &ledger->lives[born++];
	worker->life->produces = target == produce;
	need(mp_process_new(&worker->process, target, worker->life, NULL), "new");
	need(mp_process_start(worker->process), "start");
}

/* It must end well by itself. */
static void
finish(struct worker *worker)
{
	int code = -1;

	need(mp_process_join(worker->process, MP_FOREVER), "join");
	need(mp_process_exitcode(worker->process, &code), "exitcode");
	mp_process_free(worker->process);
	if (code)
		exit(1); /* it has said why */
}

static bool
has_ended(struct worker *worker, double timeout)
{
	int error = mp_process_join(worker->process, timeout);

	need(error == MP_TIMEOUT ? 0 : error, "join");
	return error == 0;
}

static void
replace(struct worker *worker, int (*target)(void *))
{
	if (has_ended(worker, 0))
		return; /* the last messages have been put */
	worker->life->killed = true;
	need(mp_process_kill(worker->process), "kill");
	need(mp_process_join(worker->process, MP_FOREVER), "join");
	mp_process_free(worker->process);
	start(worker, target);
}

static void
progress(void)
{
	uint64_t next = ledger->next < messages ? ledger->next : messages;

	if (isatty(STDERR_FILENO))
		fprintf(stderr, "\r%" PRIu64 " of %" PRIu64 ", %u killed\033[K", next, messages,
		    born - 1 - 2 * SLOTS);
}

/* Kill until all producers have done. */
static void
run(double seconds)
{
	struct worker producers[SLOTS], consumers[SLOTS];

	for (int i = 0; i < SLOTS; i++) {
		start(&producers[i], produce);
		start(&consumers[i], consume);
	}
	int64_t next = mp_deadline(seconds);
	for (int first = 0; first < SLOTS;) {
		if (has_ended(&producers[first], mp_deadline_left(next))) {
			first++;
		} else {
			replace(&producers[random() % SLOTS], produce);
			replace(&consumers[random() % SLOTS], consume);
			next = mp_deadline(seconds);
			progress();
		}
	}
	struct message stop = {.number = STOP};
	for (int i = 0; i < SLOTS; i++)
		need(mp_queue_put_bytes(queue, &stop, sizeof(stop), MP_FOREVER), "put");
	for (int i = 0; i < SLOTS; i++) {
		finish(&producers[i]);
		finish(&consumers[i]);
	}
}

static int
tell_lost(size_t untaken, size_t lost, void *left)
{
	*(size_t *)left = untaken;
	return (int)lost;
}

struct losses {
	uint64_t put, missing, of_living; /* who put those of_living was not killed */
	uint64_t waited, told, hands, unsure, unreturned;
	unsigned producers, consumers; /* killed */
	size_t left;
};

static void
count_life(struct losses *l, const struct life *life)
{
	uint64_t hand = life->hand;

	l->told += life->told;
	l->producers += life->killed && life->produces;
	l->consumers += life->killed && !life->produces;
	if (!life->killed || !hand)
		return;
	if (life->produces)
		l->unreturned += ledger->put_by[hand - 1] && !ledger->got[hand - 1];
	else if (hand == TAKING)
		l->unsure++;
	else
		l->hands += !ledger->got[hand - 2];
}

static struct losses
count(void)
{
	struct losses l = {0};

	l.waited = (uint64_t)mp__queue_look(queue, tell_lost, &l.left);
	for (unsigned i = 1; i < born; i++)
		count_life(&l, &ledger->lives[i]);
	for (uint64_t n = 0; n < messages; n++) {
		bool missing = ledger->put_by[n] && !ledger->got[n];
		l.put += ledger->put_by[n] != 0;
		l.missing += missing;
		l.of_living += missing && !ledger->lives[ledger->put_by[n]].killed;
	}
	return l;
}

/*
 * Is what is missing what the dead held? A message that has just come into the queue is struck
 * off the list of those that wait a moment later: so there may be one too many for each dead.
 */
static bool
balance(const struct losses *l)
{
	uint64_t least = l->waited + l->told + l->hands;

	return !l->left && l->of_living <= l->hands + l->unsure &&
	       l->missing + l->producers >= least &&
	       l->missing <= least + l->unsure + l->unreturned;
}

int
main(int argc, char **argv)
{
	double seconds = argc > 2 ? atof(argv[2]) : 1;

	messages = argc > 1 ? strtoull(argv[1], NULL, 10) : messages;
	if (!messages || seconds <= 0) {
		fprintf(stderr, "usage: %s [MESSAGES [SECONDS]]\n", argv[0]);
		return 2;
	}
	ledger = shared(sizeof(*ledger));
	ledger->put_by = shared(messages * sizeof(*ledger->put_by));
	ledger->got = shared(messages);
	srandom((unsigned)getpid());
	need(mp_queue_new(&queue, CAPACITY), "queue");

	int64_t began = mp_now();
	run(seconds);
	double took = (double)(mp_now() - began) / 1e9;
	struct losses l = count();
	bool sound = balance(&l);
	mp_queue_free(queue);
	printf("%s%" PRIu64 " messages put in %.1f s by %d to %d; killed: %u who put, %u who got\n"
	       "none torn, none twice, each producer's in order\n"
	       "missing: %" PRIu64 ". The dead held: %" PRIu64 " that waited in producers, %" PRIu64
	       " cut in the middle,\n  %" PRIu64 " in the hands of consumers and %" PRIu64
	       " just being taken, %" PRIu64 " in a put that had not returned\n%s\n",
	    isatty(STDERR_FILENO) ? "\n" : "", l.put, took, SLOTS, SLOTS, l.producers, l.consumers,
	    l.missing, l.waited, l.told, l.hands, l.unsure, l.unreturned,
	    sound ? "that is the same" : "THAT IS NOT THE SAME");
	return !sound;
}
