/* SPDX-License-Identifier: MIT */
#ifndef POOL_PARTS_H
#define POOL_PARTS_H
/*
 * Who does what on the owner's side: the functions of each file that other files call.
 */
#include "object.h"

/* bell.c */
unsigned mp__bell_listen(struct bell *b); /* first; then look whether to sleep at all */
int mp__bell_sleep(struct bell *b, unsigned heard, int64_t deadline); /* 0, or MP_TIMEOUT */
void mp__bell_leave(struct bell *b);
void mp__bell_ring(struct bell *b);

/* pool.c */
struct mp_pool *mp__pool_ref(struct mp_pool *pool);
void mp__pool_unref(struct mp_pool *pool);
void mp__pool_wake(struct mp_pool *pool); /* hold lock */
int mp__pool_open(struct mp_pool *pool);  /* hold lock: 0, or why no task is taken */

/* supervisor.c */
void *mp__pool_supervise(void *pool);

/* ear.c */
void mp__ear_wait(struct mp_result *r, int64_t deadline);

/* upkeep.c; the supervisor only; hold lock */
void mp__pool_keep_up(struct mp_pool *pool);
void mp__pool_give_up(struct mp_pool *pool);
void
mp__pool_break(struct mp_pool *pool, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* hire.c: birth and death of workers. The supervisor only. */
int mp__pool_hire(struct mp_pool *pool, struct worker *w);
void mp__pool_bury(struct mp_pool *pool, struct worker *w);

/* hear.c: what workers say. How many tasks that ended. Hold lock. */
int mp__pool_hear(struct mp_pool *pool, struct worker *w);
int mp__pool_look(struct mp_pool *pool, struct worker *w);
int mp__pool_look_around(struct mp_pool *pool); /* at all desks */
bool mp__pool_is_busy(struct mp_pool *pool);

/* dispatch.c; hold lock */
void mp__pool_enqueue(struct mp_pool *pool, struct task *first, struct task *last);
void mp__pool_dispatch(struct mp_pool *pool);
void mp__pool_dismiss(struct mp_pool *pool, struct worker *w);
void mp__pool_end(struct mp_pool *pool, struct task *t, int error, const void *data, size_t size);
void mp__pool_requeue(struct mp_pool *pool, struct task *t);

/* result.c */
int mp__result_new(struct mp_result **out, struct mp_pool *pool, size_t items, size_t chunksize,
    const struct mp_callbacks *callbacks);
struct mp_result *mp__result_ref(struct mp_result *r);
void mp__result_deliver(
    struct mp_result *r, size_t part, int error, const void *data, size_t size); /* hold lock */
void mp__result_finish(struct mp_result *r);					 /* hold lock */
void mp__result_call(struct mp_result *r);

/* tasks.c */
struct task *mp__task_new(struct mp_result *r, size_t part, size_t items, enum kind kind,
    void (*function)(void), const char *name, const void *rest, size_t size);
int mp__pool_function(struct mp_pool *pool, void (*function)(void), const char **name);
int
mp__pool_submit(struct mp_pool *pool, struct mp_result *r, struct task *first, struct task *last);
void mp__tasks_drop(struct task *first);
int mp__pool_chunk(struct task **out, struct mp_result *r, size_t part, enum kind kind, mp_task *f,
    const char *name, const struct mp_value *items, size_t from, size_t n);

/* window.c */
void mp__imap_done(struct mp_result *r); /* hold lock */
void mp__imap_unref(struct mp_imap *it);

/* list.c */
int mp__list_add(struct mp_pool *pool);
void mp__list_remove(struct mp_pool *pool);

/* memory.c; hold lock, but for the first */
int mp__memory_map(struct mp_pool *pool);
void *mp__memory_take(struct mp_pool *pool, size_t size);
void mp__memory_give(struct mp_pool *pool, void *memory);
bool mp__memory_holds(struct mp_pool *pool, const void *memory, size_t size);

#endif
