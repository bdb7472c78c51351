/* SPDX-License-Identifier: MIT */
/*
 * repr: a value as Python prints it.
 *
 * A node that has several references is remembered: while it is being printed, so that what
 * holds itself is [...]; and afterwards, because a few hundred bytes of pickle can say
 * "twice what was before" sixty times. What is printed again counts, and may not be
 * more than a multiple of what was printed for the first time.
 *
 * Handout: labs/04-pickle/README.md
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "object.h"

//{
enum { NEVER, INSIDE, BEFORE }; /* what `seen` knows of a node */

/* So much may be printed again, and so many times what is new. */
#define AGAIN	    (2 << 20)
#define AGAIN_TIMES 16

struct printer {
	struct buffer out;
	struct seen seen;
	unsigned depth;
	unsigned again;	 /* how many nodes around here have been printed before */
	size_t start;	 /* where the outermost of them began */
	size_t repeated; /* what those before it printed */
};

static void
put(struct printer *p, const char *text)
{
	buffer_put(&p->out, text, strlen(text));
}

static char
quote_for(const struct bytes *b)
{
	return memchr(b->data, '\'', b->size) && !memchr(b->data, '"', b->size) ? '"' : '\'';
}

/* One character or byte below 128; false if it has to be escaped by its number. */
static bool
put_ascii(struct buffer *out, unsigned char c, char quote)
{
	static const char plain[] = "tnr", control[] = "\t\n\r";
	const char *found = c ? strchr(control, c) : NULL;

	if (c == (unsigned char)quote || c == '\\' || found) {
		buffer_byte(out, '\\');
		buffer_byte(out, found ? plain[found - control] : c);
		return true;
	}
	if (c < 0x20 || c >= 0x7f)
		return false;
	buffer_byte(out, c);
	return true;
}

/* In a bytearray Python escapes ' even when the quotes are ". */
static void
put_bytes(struct buffer *out, const struct bytes *b)
{
	char quote = quote_for(b), hex[8];
	char escaped = b->head.kind == MP_BYTEARRAY ? '\'' : quote;

	buffer_byte(out, 'b');
	buffer_byte(out, quote);
	for (size_t i = 0; i < b->size; i++)
		if (!put_ascii(out, (unsigned char)b->data[i], escaped))
			buffer_put(
			    out, hex, (size_t)sprintf(hex, "\\x%02x", (unsigned char)b->data[i]));
	buffer_byte(out, quote);
}

/* The character at *at, which is moved behind it. */
static uint32_t
decode(const unsigned char **at)
{
	uint32_t c = *(*at)++;
	int more = c < 0x80 ? 0 : c < 0xe0 ? 1 : c < 0xf0 ? 2 : 3;

	if (more)
		c &= 0x3fU >> more;
	while (more-- > 0)
		c = c << 6 | (*(*at)++ & 0x3f);
	return c;
}

static void
put_str(struct buffer *out, const struct bytes *b)
{
	const unsigned char *at = (const unsigned char *)b->data, *end = at + b->size, *from;
	char quote = quote_for(b), escape[12];

	buffer_byte(out, quote);
	while ((from = at) < end) {
		uint32_t c = decode(&at);
		if (c < 0x80 ? put_ascii(out, (unsigned char)c, quote) : mp__printable(c)) {
			if (c >= 0x80)
				buffer_put(out, from, (size_t)(at - from));
			continue;
		}
		const char *format = c < 0x100 ? "\\x%02x" : c < 0x10000 ? "\\u%04x" : "\\U%08x";
		buffer_put(out, escape, (size_t)sprintf(escape, format, c));
	}
	buffer_byte(out, quote);
}

static int print(struct printer *p, const struct mp_value *v);

/* With commas between. */
static int
print_items(struct printer *p, struct mp_value *const *at, size_t n)
{
	int error = 0;

	for (size_t i = 0; i < n && !error; i++) {
		if (i > 0)
			put(p, ", ");
		error = print(p, at[i]);
	}
	return error;
}

static int
print_entries(struct printer *p, const struct table *t)
{
	bool first = true;
	int error = 0;

	for (size_t i = 0; i < t->size && !error; i++) {
		const struct entry *entry = &t->entries[i];
		if (!entry->key)
			continue;
		if (!first)
			put(p, ", ");
		first = false;
		error = print(p, entry->key);
		if (!error && entry->value) {
			put(p, ": ");
			error = print(p, entry->value);
		}
	}
	return error;
}

/* mod.Name(1, 2), and behind it what else is given to the object: [items] {pairs} <- state */
static int
print_reduce(struct printer *p, const struct reduce *reduce)
{
	static const char *const before[PARTS] = {"", "", " **", " + ", " + ", " <- "};
	int error = print(p, reduce->part[CALLABLE]);
	const struct items *args = (const struct items *)reduce->part[ARGS];

	put(p, "(");
	if (!error)
		error = print_items(p, args->at, args->size);
	put(p, ")");
	for (size_t i = KEYWORDS; i < PARTS && !error; i++)
		if (reduce->part[i]) {
			put(p, before[i]);
			error = print(p, reduce->part[i]);
		}
	return error;
}

/* How a kind begins and ends; what stands for it when it is empty, and inside itself. */
static const struct brackets {
	const char *open, *close, *empty, *itself;
} brackets_of[] = {[MP_TUPLE] = {"(", ")", "()", "(...)"},
    [MP_LIST] = {"[", "]", "[]", "[...]"},
    [MP_DICT] = {"{", "}", "{}", "{...}"},
    [MP_SET] = {"{", "}", "set()", "set(...)"},
    [MP_FROZENSET] = {"frozenset({", "})", "frozenset()", "frozenset(...)"},
    [MP_REDUCE] = {"", "", "", "..."}};

static int
print_inside(struct printer *p, const struct mp_value *v)
{
	const struct brackets *brackets = &brackets_of[v->kind];
	int error;

	if (v->kind == MP_REDUCE)
		return print_reduce(p, (const struct reduce *)v);
	if (mp_value_len(v) == 0) {
		put(p, brackets->empty);
		return 0;
	}
	put(p, brackets->open);
	if (v->kind == MP_TUPLE || v->kind == MP_LIST)
		error = print_items(p, ((const struct items *)v)->at, mp_value_len(v));
	else
		error = print_entries(p, (const struct table *)v);
	if (v->kind == MP_TUPLE && mp_value_len(v) == 1)
		put(p, ",");
	put(p, brackets->close);
	return error;
}

static int
print_node(struct printer *p, const struct mp_value *v)
{
	uintptr_t *place = NULL, known = NEVER;

	if (count_of(v) > 1) {
		if (!(place = mp__seen_place(&p->seen, v)))
			return -ENOMEM;
		known = *place;
		*place = INSIDE;
	}
	if (known == INSIDE) {
		put(p, brackets_of[v->kind].itself);
		return 0;
	}
	if (p->depth >= DEEPEST)
		return MP_TOO_DEEP;
	p->depth++;
	if (known == BEFORE && p->again++ == 0)
		p->start = p->out.size;
	int error = print_inside(p, v);
	if (known == BEFORE && --p->again == 0)
		p->repeated += p->out.size - p->start;
	p->depth--;
	if (place)
		*mp__seen_find(&p->seen, v) = BEFORE;
	return error;
}

static void
print_global(struct printer *p, const struct global *global)
{
	put(p, mp_value_str(global->module));
	put(p, ".");
	put(p, mp_value_str(global->name));
}

static int
print_leaf(struct printer *p, const struct mp_value *v)
{
	switch (v->kind) {
	case MP_NONE:
		put(p, "None");
		break;
	case MP_BOOL:
		put(p, ((const struct number *)v)->whole ? "True" : "False");
		break;
	case MP_INT:
		return mp__put_int(&p->out, v);
	case MP_FLOAT:
		mp__put_float(&p->out, ((const struct number *)v)->real);
		break;
	case MP_STR:
		put_str(&p->out, (const struct bytes *)v);
		break;
	case MP_BYTES:
		put_bytes(&p->out, (const struct bytes *)v);
		break;
	case MP_BYTEARRAY:
		put(p, "bytearray(");
		put_bytes(&p->out, (const struct bytes *)v);
		put(p, ")");
		break;
	case MP_GLOBAL:
		print_global(p, (const struct global *)v);
		break;
	default:
		put(p, "<mp.");
		put(p, ((const struct object *)v)->class->name);
		put(p, " object>");
	}
	return 0;
}

static int
print(struct printer *p, const struct mp_value *v)
{
	int error = is_node(v) ? print_node(p, v) : print_leaf(p, v);

	if (p->out.failed)
		return -ENOMEM;
	size_t repeated = p->repeated + (p->again ? p->out.size - p->start : 0);
	if (!error && repeated > AGAIN + AGAIN_TIMES * (p->out.size - repeated))
		error = MP_TOO_LARGE;
	return error;
}
//}

int
mp_value_repr(const struct mp_value *v, char **text)
{
	/* pickle.3: as Python prints it; and not without bounds. NULL is "NULL". */
	//{
	struct printer p = {.depth = 0};
	int error = 0;

	if (v)
		error = print(&p, v);
	else
		put(&p, "NULL");
	buffer_byte(&p.out, '\0');
	mp__seen_release(&p.seen);
	if (!error && p.out.failed)
		error = -ENOMEM;
	if (error) {
		free(p.out.data);
		return error;
	}
	*text = p.out.data;
	return 0;
	//}
}
