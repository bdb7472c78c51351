/* SPDX-License-Identifier: MIT */
/*
 * Calls that a pickle asks for: some are known, the others are carried, none is made.
 *
 * The older protocols have no instructions for sets and bytes: they write set([1, 2]) and
 * _codecs.encode('...', 'latin1'). These few mean values, and are made into them. mp.NAME(state)
 * is an object of the library, if its class is registered. Everything else becomes a reduce.
 *
 * Handout: labs/04-pickle/README.md
 */
#include <errno.h>
#include <string.h>

#include <mp/pickle.h>

#include "decode.h"

//{
enum { UNKNOWN_CALL, MADE }; /* or an error */

static bool
is_text(const struct mp_value *v, const char *text)
{
	return v->kind == MP_STR && mp_value_len(v) == strlen(text) &&
	       !memcmp(mp_value_str(v), text, strlen(text));
}

static bool
is_global(const struct mp_value *v, const char *module, const char *name)
{
	const struct global *global = (const struct global *)v;

	return v->kind == MP_GLOBAL && is_text(global->module, module) &&
	       (!name || is_text(global->name, name));
}

/* set([...]): the elements are referred to once more. */
static int
make_set(struct decoder *d, enum mp_kind kind, const struct items *args, struct mp_value **out)
{
	if (args->size > 1 || (args->size == 1 && args->at[0]->kind != MP_LIST))
		return UNKNOWN_CALL;
	const struct items *list = args->size ? (const struct items *)args->at[0] : args;
	if (pay(d, list->size))
		return MP_UNPICKLING;
	struct table *set = mp__table_new(&d->arena, kind);
	struct mp_value *rest[2];
	int error = set ? 0 : -ENOMEM;
	for (size_t i = 0; i < list->size && !error; i++) {
		error = mp__table_put(set, mp_value_ref(list->at[i]), NULL, &d->left, rest);
		mp__let_go(rest, 2); /* the list has a reference, too */
	}
	if (error) {
		mp_value_free((struct mp_value *)set);
		return error;
	}
	*out = &set->node.head;
	return MADE;
}

/* The characters of a str, each of which has to be one byte. */
static int
from_latin1(
    struct decoder *d, enum mp_kind kind, const struct mp_value *text, struct mp_value **out)
{
	const uint8_t *at = (const uint8_t *)mp_value_str(text), *end = at + mp_value_len(text);
	struct bytes *b = NULL;

	if (pay(d, mp_value_len(text)))
		return MP_UNPICKLING;
	if (!(b = (struct bytes *)mp__new_bytes(NULL, kind, at, mp_value_len(text))))
		return -ENOMEM;
	for (b->size = 0; at < end; b->size++) {
		if (*at >= 0xc4) { /* above U+00FF */
			free(b);
			return MP_UNPICKLING;
		}
		uint8_t byte = *at++;
		if (byte >= 0x80)
			byte = (uint8_t)(byte << 6 | (*at++ & 0x3f));
		b->data[b->size] = (char)byte;
	}
	b->data[b->size] = '\0';
	*out = &b->head;
	return MADE;
}

static int
make_bytes(struct decoder *d, enum mp_kind kind, const struct items *args, struct mp_value **out)
{
	const struct mp_value *first = args->size ? args->at[0] : NULL;

	if (args->size == 2 && first->kind == MP_STR &&
	    (is_text(args->at[1], "latin1") || is_text(args->at[1], "latin-1")))
		return from_latin1(d, kind, first, out);
	if (args->size > 1 || (first && first->kind != MP_BYTES))
		return UNKNOWN_CALL;
	if (pay(d, first ? mp_value_len(first) : 0))
		return MP_UNPICKLING;
	*out = first ? mp__new_bytes(NULL, kind, mp_value_bytes(first), mp_value_len(first))
		     : mp__new_bytes(NULL, kind, NULL, 0);
	return *out ? MADE : -ENOMEM;
}

/* mp.NAME(state) */
static int
rebuild(
    struct decoder *d, const struct global *global, const struct items *args, struct mp_value **out)
{
	const struct mp_class *class = mp__class_find(mp_value_str(global->name));
	void *object = NULL;

	if (!class || !class->rebuild || args->size != 1 || !is_text(global->name, class->name))
		return UNKNOWN_CALL;
	d->rebuilt = true;
	int error = class->rebuild(args->at[0], &object);
	if (error)
		return error;
	if (!(*out = mp__object(class, object)) && class->unref)
		class->unref(object);
	return *out ? MADE : -ENOMEM;
}

static int
make(struct decoder *d, const struct mp_value *callable, const struct items *args,
    struct mp_value **out)
{
	if (is_global(callable, "builtins", "set"))
		return make_set(d, MP_SET, args, out);
	if (is_global(callable, "builtins", "frozenset"))
		return make_set(d, MP_FROZENSET, args, out);
	if (is_global(callable, "builtins", "bytearray"))
		return make_bytes(d, MP_BYTEARRAY, args, out);
	if (is_global(callable, "builtins", "bytes") && args->size == 0)
		return make_bytes(d, MP_BYTES, args, out);
	if (is_global(callable, "_codecs", "encode") && args->size == 2)
		return make_bytes(d, MP_BYTES, args, out);
	if (is_global(callable, "mp", NULL))
		return rebuild(d, (const struct global *)callable, args, out);
	return UNKNOWN_CALL;
}

/* REDUCE: callable args. NEWOBJ: class args. NEWOBJ_EX: class args keywords. */
int
mp__call(struct decoder *d, enum opcode op)
{
	struct mp_value *keywords = op == NEWOBJ_EX ? pop(d) : NULL;
	struct mp_value *args = pop(d), *callable = pop(d), *made = NULL;
	bool sound = callable && args->kind == MP_TUPLE &&
		     (callable->kind == MP_GLOBAL || callable->kind == MP_REDUCE) &&
		     (op != NEWOBJ_EX || keywords->kind == MP_DICT);
	int error = sound ? UNKNOWN_CALL : MP_UNPICKLING;

	if (sound && op == REDUCE)
		error = make(d, callable, (struct items *)args, &made);
	if (error != UNKNOWN_CALL) {
		mp__discard(d, (struct mp_value *[]){callable, args, keywords}, 3);
		return error == MADE ? push(d, made) : error;
	}
	made = mp__reduce(&d->arena, callable, args, op != REDUCE);
	if (made && keywords)
		((struct reduce *)made)->part[KEYWORDS] = keywords;
	else
		mp_value_free(keywords);
	return push(d, made);
}

/* One line of the pickle, without its end, as a str; NULL: there is none. */
static const char *
line(struct decoder *d, size_t *size)
{
	const uint8_t *from = d->at, *end = memchr(from, '\n', (size_t)(d->end - from));

	if (!end)
		return NULL;
	d->at = end + 1;
	*size = (size_t)(end - from);
	return (const char *)from;
}

static int
push_global(struct decoder *d, struct mp_value *module, struct mp_value *name)
{
	if (!module || !name || module->kind != MP_STR || name->kind != MP_STR) {
		mp__discard(d, (struct mp_value *[]){module, name}, 2);
		return MP_UNPICKLING;
	}
	const char *new_module = mp_value_str(module), *new_name = mp_value_str(name);
	if (d->old)
		mp__modern_name(&new_module, &new_name);
	if (new_module == mp_value_str(module))
		return push(d, mp__global(module, name));
	int error = push(d, mp_global(new_module, new_name));
	mp__let_go((struct mp_value *[]){module, name}, 2);
	return error;
}

int
mp__global_line(struct decoder *d)
{
	size_t sizes[2] = {0, 0};
	const char *module = line(d, &sizes[0]), *name = module ? line(d, &sizes[1]) : NULL;

	if (!name)
		return MP_UNPICKLING;
	return push_global(d, mp_str_n(module, sizes[0]), mp_str_n(name, sizes[1]));
}

int
mp__global_stack(struct decoder *d)
{
	struct mp_value *name = pop(d), *module = pop(d);

	return push_global(d, module, name);
}

/* The object on top of the stack but one is given a state. */
int
mp__build(struct decoder *d)
{
	struct mp_value *state = pop(d), *object = top(d);

	if (!object || object->kind != MP_REDUCE || ((struct reduce *)object)->part[STATE]) {
		mp__discard(d, &state, 1);
		return MP_UNPICKLING;
	}
	changes(d, object);
	((struct reduce *)object)->part[STATE] = state;
	return 0;
}
//}
