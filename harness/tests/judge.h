/* SPDX-License-Identifier: MIT */
#ifndef TESTS_JUDGE_H
#define TESTS_JUDGE_H
/*
 * A reader of pickles that owes nothing to the library: judged() says what a pickle means.
 *
 * It knows protocol 4 as Python's documentation describes it, and says values in one line:
 * None True 5 int(00ff) 1.5 'text' b(00ff) (1, 2) [1] {'a': 1} set(1) frozenset(1) mod.name
 * mod.name(1) new mod.name(1), and behind a reduce its state: <- {...}. What occurs more than
 * once and has parts is named at its first place, &1=[...], and then only by its name, *1.
 * What is no pickle is said in words.
 */
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct judge_node {
	char kind; /* N T F i I f s b ( [ { S Z g R O */
	long long number;
	double real;
	const uint8_t *data;
	size_t size;
	int *part;
	size_t parts;
	int label; /* 0: occurs once; -1: more often, not named yet */
	int uses;
};

struct judge {
	const uint8_t *at, *end;
	struct judge_node *node; /* of 1 on */
	int nodes, stack[20000], height, memo[20000], memos, names;
	const char *wrong;
	char text[65536];
	size_t length;
};

static int
judge_new(struct judge *j, char kind)
{
	if (j->nodes % 1024 == 0)
		j->node = realloc(j->node, sizeof(*j->node) * (size_t)(j->nodes + 1024));
	j->node[j->nodes] = (struct judge_node){.kind = kind};
	return j->nodes++;
}

static void
judge_wrong(struct judge *j, const char *words)
{
	if (!j->wrong)
		j->wrong = words;
}

static uint64_t
judge_number(struct judge *j, int bytes)
{
	uint64_t n = 0;

	if (j->end - j->at < bytes) {
		judge_wrong(j, "cut short");
		return 0;
	}
	for (int i = 0; i < bytes; i++)
		n |= (uint64_t)*j->at++ << 8 * i;
	return n;
}

static void
judge_push(struct judge *j, int node)
{
	if (j->height == 20000)
		judge_wrong(j, "too high a stack");
	else
		j->stack[j->height++] = node;
}

static int
judge_pop(struct judge *j)
{
	if (j->height == 0 || j->stack[j->height - 1] < 0) {
		judge_wrong(j, "takes off what is not there");
		return 0;
	}
	return j->stack[--j->height];
}

static void
judge_add(struct judge *j, int whole, int part)
{
	struct judge_node *node = &j->node[whole];

	node->part = realloc(node->part, sizeof(int) * (node->parts + 1));
	node->part[node->parts++] = part;
}

/* What is above the last mark becomes parts; without a mark, so many values do. */
static void
judge_gather(struct judge *j, int whole, int count)
{
	int from = j->height - count;

	if (count < 0)
		for (from = j->height; from > 0 && j->stack[from - 1] >= 0;)
			from--;
	if (from < 0 || (count < 0 && from == 0)) {
		judge_wrong(j, "takes off what is not there");
		return;
	}
	for (int i = from; i < j->height; i++)
		judge_add(j, whole, j->stack[i]);
	j->height = count < 0 ? from - 1 : from;
}

/* The value that is filled lies below what fills it. */
static void
judge_fill(struct judge *j, const char *kinds, int count)
{
	int gathered = judge_new(j, '?');

	judge_gather(j, gathered, count);
	int whole = j->height ? j->stack[j->height - 1] : 0;
	if (whole <= 0 || !strchr(kinds, j->node[whole].kind))
		judge_wrong(j, "fills what cannot be filled");
	for (size_t i = 0; !j->wrong && i < j->node[gathered].parts; i++)
		judge_add(j, whole, j->node[gathered].part[i]);
}

static void
judge_data(struct judge *j, char kind, int length)
{
	uint64_t size = judge_number(j, length);
	int node = judge_new(j, kind);

	if (size > (uint64_t)(j->end - j->at)) {
		judge_wrong(j, "a length beyond the end");
		return;
	}
	j->node[node].data = j->at;
	j->node[node].size = size;
	j->at += size;
	if (kind == 'I' && size <= 8) {
		uint64_t n = size && j->at[-1] & 0x80 ? UINT64_MAX : 0;
		for (uint64_t i = 1; i <= size; i++)
			n = n << 8 | *(j->at - i);
		j->node[node].kind = 'i';
		j->node[node].number = (long long)n;
	}
	judge_push(j, node);
}

static void
judge_int(struct judge *j, int bytes)
{
	uint64_t n = judge_number(j, bytes);
	int node = judge_new(j, 'i');

	j->node[node].number = bytes == 4 ? (int32_t)n : (long long)n;
	judge_push(j, node);
}

static void
judge_float(struct judge *j)
{
	uint64_t bits = __builtin_bswap64(judge_number(j, 8));
	int node = judge_new(j, 'f');

	memcpy(&j->node[node].real, &bits, 8);
	judge_push(j, node);
}

/* A new node of so many values from the stack; -1: all above the mark. */
static void
judge_make(struct judge *j, char kind, int count)
{
	int node = judge_new(j, kind);

	judge_gather(j, node, count);
	judge_push(j, node);
}

static void
judge_get(struct judge *j, uint64_t number)
{
	if (number >= (uint64_t)j->memos)
		judge_wrong(j, "asks for a number that was not given");
	else
		judge_push(j, j->memo[number]);
}

static void
judge_drop(struct judge *j, bool marked)
{
	int node = judge_new(j, '?');

	judge_gather(j, node, marked ? -1 : 1);
}

static void
judge_build(struct judge *j)
{
	int state = judge_pop(j);
	int object = j->height ? j->stack[j->height - 1] : 0;

	if (object <= 0 || !strchr("RO", j->node[object].kind))
		judge_wrong(j, "gives a state to what has none");
	else
		judge_add(j, object, state);
}

static void
judge_step(struct judge *j)
{
	static const struct {
		uint8_t op;
		char kind;
		int bytes;
	} data[] = {{0x8c, 's', 1}, {'X', 's', 4}, {0x8d, 's', 8}, {'C', 'b', 1}, {'B', 'b', 4},
	    {0x8e, 'b', 8}, {0x8a, 'I', 1}, {0x8b, 'I', 4}};
	static const struct {
		uint8_t op;
		char kind;
		int count;
	} made[] = {{'N', 'N', 0}, {0x88, 'T', 0}, {0x89, 'F', 0}, {')', '(', 0}, {0x85, '(', 1},
	    {0x86, '(', 2}, {0x87, '(', 3}, {'t', '(', -1}, {']', '[', 0}, {'l', '[', -1},
	    {'}', '{', 0}, {'d', '{', -1}, {0x8f, 'S', 0}, {0x91, 'Z', -1}, {0x93, 'g', 2},
	    {'R', 'R', 2}, {0x81, 'O', 2}};
	static const struct {
		uint8_t op;
		const char *kinds;
		int count;
	} filled[] = {
	    {'e', "[RO", -1}, {'a', "[RO", 1}, {'u', "{RO", -1}, {'s', "{RO", 2}, {0x90, "S", -1}};
	uint8_t op = *j->at++;

	for (size_t i = 0; i < sizeof(data) / sizeof(data[0]); i++)
		if (op == data[i].op) {
			judge_data(j, data[i].kind, data[i].bytes);
			return;
		}
	for (size_t i = 0; i < sizeof(made) / sizeof(made[0]); i++)
		if (op == made[i].op) {
			judge_make(j, made[i].kind, made[i].count);
			return;
		}
	for (size_t i = 0; i < sizeof(filled) / sizeof(filled[0]); i++)
		if (op == filled[i].op) {
			judge_fill(j, filled[i].kinds, filled[i].count);
			return;
		}
	if (op == 'K' || op == 'M' || op == 'J')
		judge_int(j, op == 'K' ? 1 : op == 'M' ? 2 : 4);
	else if (op == 'G')
		judge_float(j);
	else if (op == '(')
		judge_push(j, -1);
	else if (op == 0x94 && j->height && j->memos < 20000)
		j->memo[j->memos++] = j->stack[j->height - 1];
	else if (op == 'h' || op == 'j')
		judge_get(j, judge_number(j, op == 'h' ? 1 : 4));
	else if (op == '0' || op == '1')
		judge_drop(j, op == '1');
	else if (op == 'b')
		judge_build(j);
	else if (op == 0x95) {
		if (judge_number(j, 8) != (uint64_t)(j->end - j->at))
			judge_wrong(j, "a frame that does not end with the pickle");
	} else
		judge_wrong(j, "an instruction that protocol 4 does not write");
}

__attribute__((format(printf, 2, 3))) static void
judge_say(struct judge *j, const char *format, ...)
{
	va_list list;

	va_start(list, format);
	j->length +=
	    (size_t)vsnprintf(j->text + j->length, sizeof(j->text) - j->length, format, list);
	va_end(list);
	if (j->length >= sizeof(j->text))
		j->length = sizeof(j->text) - 1;
}

static void judge_tell(struct judge *j, int number);

static void
judge_tell_parts(struct judge *j, const struct judge_node *node, size_t from, const char *open,
    const char *close)
{
	judge_say(j, "%s", open);
	for (size_t i = from; i < node->parts; i++) {
		if (i > from)
			judge_say(j, node->kind == '{' && i % 2 ? ": " : ", ");
		judge_tell(j, node->part[i]);
	}
	judge_say(j, "%s", close);
}

static void
judge_tell_call(struct judge *j, const struct judge_node *node)
{
	if (node->kind == 'O')
		judge_say(j, "new ");
	judge_tell(j, node->part[0]);
	const struct judge_node *args = &j->node[node->part[1]];
	judge_tell_parts(j, args, 0, "(", ")");
	if (node->parts > 2)
		judge_tell_parts(j, node, 2, " <- ", "");
}

static void
judge_tell_leaf(struct judge *j, const struct judge_node *node)
{
	if (node->kind == 'i')
		judge_say(j, "%lld", node->number);
	else if (node->kind == 'f')
		judge_say(j, "%.17g", node->real);
	else if (node->kind == 's')
		judge_say(j, "'%.*s'", (int)node->size, (const char *)node->data);
	else if (node->kind == 'b' || node->kind == 'I') {
		judge_say(j, node->kind == 'b' ? "b(" : "int(");
		for (size_t i = 0; i < node->size; i++)
			judge_say(j, "%02x", node->data[i]);
		judge_say(j, ")");
	} else
		judge_say(j, node->kind == 'N' ? "None" : node->kind == 'T' ? "True" : "False");
}

static void
judge_tell(struct judge *j, int number)
{
	struct judge_node *node = &j->node[number];

	if (node->label > 0) {
		judge_say(j, "*%d", node->label);
		return;
	}
	if (node->label < 0)
		judge_say(j, "&%d=", node->label = ++j->names);
	switch (node->kind) {
	case '(':
		judge_tell_parts(j, node, 0, "(", node->parts == 1 ? ",)" : ")");
		break;
	case '[':
		judge_tell_parts(j, node, 0, "[", "]");
		break;
	case '{':
		judge_tell_parts(j, node, 0, "{", "}");
		break;
	case 'S':
		judge_tell_parts(j, node, 0, "set(", ")");
		break;
	case 'Z':
		judge_tell_parts(j, node, 0, "frozenset(", ")");
		break;
	case 'g': {
		struct judge_node *module = &j->node[node->part[0]],
				  *name = &j->node[node->part[1]];
		judge_say(j, "%.*s.%.*s", (int)module->size, (const char *)module->data,
		    (int)name->size, (const char *)name->data);
		break;
	}
	case 'R':
	case 'O':
		judge_tell_call(j, node);
		break;
	default:
		judge_tell_leaf(j, node);
	}
}

/* How often does each node occur, in what can be reached? */
static void
judge_count(struct judge *j, int number)
{
	struct judge_node *node = &j->node[number];

	if (node->uses++) {
		if (strchr("([{SZRO", node->kind) && (node->kind != '(' || node->parts))
			node->label = -1;
		return;
	}
	for (size_t i = 0; i < node->parts; i++)
		judge_count(j, node->part[i]);
}

/* What a pickle means, in one line; or what is wrong with it. Valid until the next call. */
static const char *
judged(const void *data, size_t size)
{
	static struct judge j;

	j = (struct judge){.at = data, .end = (const uint8_t *)data + size};
	judge_new(&j, '?'); /* no node is 0 */
	if (size < 3 || j.at[0] != 0x80 || j.at[1] != 4)
		return "does not begin as protocol 4 does";
	j.at += 2;
	while (!j.wrong && j.at < j.end && *j.at != '.')
		judge_step(&j);
	if (!j.wrong && (j.at + 1 != j.end || j.height != 1 || j.stack[0] < 0))
		j.wrong = "does not end with one value";
	if (!j.wrong) {
		judge_count(&j, j.stack[0]);
		judge_tell(&j, j.stack[0]);
	}
	for (int i = 0; i < j.nodes; i++)
		free(j.node[i].part);
	free(j.node);
	return j.wrong ? j.wrong : j.text;
}

#endif
