/* SPDX-License-Identifier: MIT */
#ifndef TESTS_QUEUES_H
#define TESTS_QUEUES_H
/*
 * Mail for the rows of 09-queue and 10-joinable: messages that say who sent them, as which,
 * and how long they are, filled so that a torn one is seen; and a crowd that sends them.
 */
#include <inttypes.h>
#include <stdatomic.h>

#include "common.h"

#define STOP UINT32_C(0xffffffff)

struct mail {
	uint32_t from, number, length, filling;
};

UNUSED static struct mp_queue *
new_queue(size_t capacity)
{
	struct mp_queue *q = NULL;

	OK(mp_queue_new(&q, capacity));
	return q;
}

UNUSED static struct mp_simple_queue *
new_simple_queue(void)
{
	struct mp_simple_queue *q = NULL;

	OK(mp_simple_queue_new(&q));
	return q;
}

/* --- mail ----------------------------------------------------------------------------------- */

static unsigned char
filling(const struct mail *mail)
{
	return (unsigned char)(mail->from * 31 + mail->number * 7 + mail->length);
}

static void *
written(unsigned from, unsigned number, size_t length, size_t *size)
{
	struct mail mail = {from, number, (uint32_t)length, 0};
	*size = sizeof(mail) + length;
	unsigned char *data = malloc(*size);

	mail.filling = filling(&mail);
	memcpy(data, &mail, sizeof(mail));
	memset(data + sizeof(mail), (int)mail.filling, length);
	return data;
}

/* Is it a whole mail? It is freed. */
static bool
opened(unsigned char *data, size_t size, struct mail *mail)
{
	bool whole = size >= sizeof(*mail);

	if (whole) {
		memcpy(mail, data, sizeof(*mail));
		whole = size == sizeof(*mail) + mail->length && mail->filling == filling(mail);
	}
	for (size_t i = sizeof(*mail); whole && i < size; i++)
		whole = data[i] == mail->filling;
	free(data);
	return whole;
}

UNUSED static void
put(struct mp_queue *q, unsigned from, unsigned number, size_t length)
{
	size_t size;
	void *data = written(from, number, length, &size);

	OK(mp_queue_put_bytes(q, data, size, MP_FOREVER));
	free(data);
}

/* 0, or an error of the queue's; what comes torn is -EBADMSG. */
UNUSED static int
get_mail(struct mp_queue *q, struct mail *mail, double timeout)
{
	void *data;
	size_t size;

	int error = mp_queue_get_bytes(q, &data, &size, timeout);
	return error ? error : opened(data, size, mail) ? 0 : -EBADMSG;
}

/* The number of the next one. */
UNUSED static unsigned
get(struct mp_queue *q)
{
	struct mail mail = {0};

	OK(get_mail(q, &mail, MP_FOREVER));
	return mail.number;
}

UNUSED static unsigned
get_now(struct mp_queue *q)
{
	struct mail mail = {0};

	OK(get_mail(q, &mail, 0));
	return mail.number;
}

UNUSED static void
simple_put(struct mp_simple_queue *q, unsigned from, unsigned number, size_t length)
{
	size_t size;
	void *data = written(from, number, length, &size);

	OK(mp_simple_queue_put_bytes(q, data, size));
	free(data);
}

UNUSED static int
simple_get_mail(struct mp_simple_queue *q, struct mail *mail)
{
	void *data;
	size_t size;

	int error = mp_simple_queue_get_bytes(q, &data, &size);
	return error ? error : opened(data, size, mail) ? 0 : -EBADMSG;
}

UNUSED static unsigned
simple_get(struct mp_simple_queue *q)
{
	struct mail mail = {0};

	OK(simple_get_mail(q, &mail));
	return mail.number;
}

/* Everything up to the message "end", with blanks. */
UNUSED static const char *
drain(struct mp_simple_queue *q)
{
	static char text[256];
	size_t length = 0;
	bool end = false;

	while (!end) {
		char *data;
		size_t size;
		OK(mp_simple_queue_get_bytes(q, (void **)&data, &size));
		length += (size_t)snprintf(text + length, sizeof(text) - length, "%s ", data);
		end = !strcmp(data, "end");
		free(data);
	}
	return text;
}

/* --- a crowd --------------------------------------------------------------------------------- */

enum { CROWD = 4, CROWD_EACH = 1000 };

struct crowd {
	struct mp_queue *queue;
	struct mp_simple_queue *simple;
	struct mp_joinable_queue *joinable;
	unsigned each; /* so many of each producer, */
	size_t (*length)(unsigned number);
	int me; /* in a child: which one */

	/* shared memory */
	struct crowd_book {
		atomic_uint seen[CROWD][CROWD_EACH]; /* how often each has come */
		atomic_uint disorder, torn;
	} * book;
	unsigned last[CROWD]; /* in a consumer: the last number of each producer, and 1 */
};

UNUSED static size_t
short_length(unsigned number)
{
	return number * 13 % 700;
}

UNUSED static size_t
mixed_length(unsigned number)
{
	return number % 6 == 2 ? 300000 + number * 1000 : number * 97;
}

/* In a consumer: enter what get has given. One consumer sees each producer's mail in order. */
UNUSED static void
enter_mail(struct crowd *crowd, int error, const struct mail *mail)
{
	if (!error && mail->from == STOP)
		return;
	if (error || mail->from >= CROWD || mail->number >= crowd->each) {
		crowd->book->torn++;
		return;
	}
	if (mail->number < crowd->last[mail->from])
		crowd->book->disorder++;
	crowd->last[mail->from] = mail->number + 1;
	crowd->book->seen[mail->from][mail->number]++;
}

UNUSED static void
check_book(const struct crowd *crowd, int producers)
{
	unsigned lost = 0, twice = 0;

	for (int from = 0; from < producers; from++)
		for (unsigned i = 0; i < crowd->each; i++) {
			lost += crowd->book->seen[from][i] == 0;
			twice += crowd->book->seen[from][i] > 1;
		}
	EQUAL(crowd->book->torn, 0);
	EQUAL(lost, 0);
	EQUAL(twice, 0);
	EQUAL(crowd->book->disorder, 0);
}

/* Producers put, consumers enter what they get in the book, until each is told to stop. */
UNUSED static void
let_crowd(struct crowd *crowd, int producers, int (*producer)(void *), int consumers,
    int (*consumer)(void *), void (*stop)(struct crowd *))
{
	struct mp_process *p[2 * CROWD];

	crowd->book = shared(sizeof(*crowd->book));
	for (int i = 0; i < consumers; i++)
		p[producers + i] = started(consumer, crowd, NULL);
	for (crowd->me = 0; crowd->me < producers; crowd->me++)
		p[crowd->me] = started(producer, crowd, NULL);
	for (int i = 0; i < producers; i++)
		EQUAL(finished(p[i]), 0);
	for (int i = 0; i < consumers; i++)
		stop(crowd);
	for (int i = 0; i < consumers; i++)
		EQUAL(finished(p[producers + i]), 0);
	check_book(crowd, producers);
}

/* --- children that wait for a gate ---------------------------------------------------------------- */

struct later {
	struct mp_queue *q;
	struct gate *gate;
	atomic_bool stop;
};

UNUSED static int
get_later(void *arg)
{
	struct later *later = arg;

	gate_wait(later->gate);
	return (int)get(later->q);
}

UNUSED static int
get_three_now(void *arg)
{
	struct later *later = arg;

	gate_wait(later->gate);
	for (unsigned i = 0; i < 3; i++)
		if (get_now(later->q) != i)
			return 1;
	return 0;
}

/* --- shared memory that a call has made ------------------------------------------------------------ */

struct mapped {
	size_t count;
	struct {
		uintptr_t start, end;
	} map[64];
};

/* The shared mappings of this process. */
UNUSED static struct mapped
remember_maps(void)
{
	struct mapped list = {0};
	char line[512], flags[8];
	FILE *maps = fopen("/proc/self/maps", "re");

	while (maps && list.count < 64 && fgets(line, sizeof(line), maps)) {
		int n = sscanf(line, "%" SCNxPTR "-%" SCNxPTR " %7s", &list.map[list.count].start,
		    &list.map[list.count].end, flags);
		list.count += n == 3 && flags[3] == 's';
	}
	if (maps)
		fclose(maps);
	return list;
}

/* The first page of the longest piece of shared memory that is new since then; if there is
 * none, a place of no interest. */
UNUSED static const void *
new_shared_map(const struct mapped *known, size_t *size)
{
	static char none[64];
	struct mapped now = remember_maps();
	const void *found = none;
	size_t longest = 0;

	for (size_t i = 0; i < now.count; i++) {
		bool old = false;
		for (size_t k = 0; k < known->count; k++)
			old |= known->map[k].start == now.map[i].start;
		if (!old && now.map[i].end - now.map[i].start > longest) {
			longest = now.map[i].end - now.map[i].start;
			found = (const void *)now.map[i].start;
		}
	}
	*size = longest ? 4096 : sizeof(none);
	return found;
}

/* --- values ---------------------------------------------------------------------------------------- */

UNUSED static struct mp_value *
a_value(void)
{
	return mp_dict(mp_str("pi"), mp_float(3.14), mp_int(6),
	    mp_list(mp_none(), mp_bool(true), mp_bytes("\0x", 2), mp_tuple(mp_str("a"))));
}

#endif
