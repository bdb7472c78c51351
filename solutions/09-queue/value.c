/* SPDX-License-Identifier: MIT */
/*
 * Values through queues: pickled before anything is taken, unpickled after everything is let
 * go. So no lock is held while a stranger's reduce or rebuild runs, and what cannot be pickled
 * is the caller's to know.
 *
 * Handout: labs/09-queue/README.md
 */
#include <stdlib.h>

#include <mp/pickle.h>
#include <mp/queue.h>

//{
/* Load a message, and free it. */
static int
load(void *data, size_t size, struct mp_value **out)
{
	int error = mp_pickle_loads(data, size, out);

	free(data);
	return error;
}
//}

int
mp_simple_queue_put(struct mp_simple_queue *q, const struct mp_value *v)
{
	/* queue.6: the pickle first, and only if there is one, the message. */
	//{
	void *data;
	size_t size;

	int error = mp_pickle_dumps(v, &data, &size, NULL);
	if (error)
		return error;
	error = mp_simple_queue_put_bytes(q, data, size);
	free(data);
	return error;
	//}
}

int
mp_simple_queue_get(struct mp_simple_queue *q, struct mp_value **out)
{
	/* queue.6: the message, then the value. */
	//{
	void *data;
	size_t size;

	int error = mp_simple_queue_get_bytes(q, &data, &size);
	return error ? error : load(data, size, out);
	//}
}

int
mp_queue_put(struct mp_queue *q, const struct mp_value *v, double timeout)
{
	/* queue.6: the pickle first, and only if there is one, the message. */
	//{
	void *data;
	size_t size;

	int error = mp_pickle_dumps(v, &data, &size, NULL);
	if (error)
		return error;
	error = mp_queue_put_bytes(q, data, size, timeout);
	free(data);
	return error;
	//}
}

int
mp_queue_get(struct mp_queue *q, struct mp_value **out, double timeout)
{
	/* queue.6: the message, then the value. */
	//{
	void *data;
	size_t size;

	int error = mp_queue_get_bytes(q, &data, &size, timeout);
	return error ? error : load(data, size, out);
	//}
}

int
mp_queue_put_nowait(struct mp_queue *q, const struct mp_value *v)
{
	/* queue.6: put, and do not wait. */
	//{
	return mp_queue_put(q, v, 0);
	//}
}

int
mp_queue_get_nowait(struct mp_queue *q, struct mp_value **out)
{
	/* queue.6: get, and do not wait. */
	//{
	return mp_queue_get(q, out, 0);
	//}
}
