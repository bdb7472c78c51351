/* SPDX-License-Identifier: MIT */
/*
 * A pickle is a program: watch it run, instruction by instruction.
 *
 * Three pickles as Python writes them: a dict, a list that is in two places, and a list that
 * holds itself. Each line is an instruction; beside it stands the stack after it, its top
 * at the right. This machine knows fourteen instructions: enough for these.
 *
 * Or one of your own:
 *
 *	python3 -c 'import pickle, sys; sys.stdout.buffer.write(pickle.dumps([1, [2]]))' |
 *	    build/demos/04-pickle/machine -
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* A value is its text, and its text may grow: who holds the value sees it grow. */
struct value {
	char text[120];
	int filled;
};

struct machine {
	const unsigned char *at, *end;
	struct value *stack[40], *memo[40], values[80];
	int height, memos, made;
};

static struct value mark = {"MARK", 0};

static struct value *
push(struct machine *m, const char *text)
{
	struct value *v = &m->values[m->made++];

	snprintf(v->text, sizeof(v->text), "%s", text);
	return m->stack[m->height++] = v;
}

static void
show(const struct machine *m, const char *instruction)
{
	printf("  %-26s", instruction);
	for (int i = 0; i < m->height; i++)
		printf(" %s", m->stack[i]->text);
	printf("\n");
}

/* Put what lies from `from` on into the value `whole`, which lies below. */
static const char *
fill(struct machine *m, int from, int whole, char close, const char *name)
{
	if (whole < 0)
		return NULL;
	struct value *v = m->stack[whole];

	for (int i = from; i < m->height; i++) {
		size_t n = strlen(v->text) - 1; /* before the bracket */
		const char *comma = !v->filled ? "" : close == '}' && v->filled % 2 ? ": " : ", ";
		const char *part =
		    m->stack[i] == v ? (close == '}' ? "{...}" : "[...]") : m->stack[i]->text;
		snprintf(v->text + n, sizeof(v->text) - n, "%s%s%c", comma, part, close);
		v->filled++;
	}
	m->height = whole + 1;
	return name;
}

static int
last_mark(const struct machine *m)
{
	int i = m->height - 1;

	while (i > 0 && m->stack[i] != &mark)
		i--;
	return i;
}

/* One instruction; its name, or NULL: this machine does not know it. */
static const char *
step(struct machine *m)
{
	static char name[100];
	char text[64];
	int op = *m->at++, n;

	switch (op) {
	case 0x80:
		snprintf(name, sizeof(name), "PROTO %d", *m->at++);
		return name;
	case 0x95:
		snprintf(name, sizeof(name), "FRAME of %d bytes", m->at[0]);
		m->at += 8;
		return name;
	case 'K':
		snprintf(text, sizeof(text), "%d", *m->at++);
		push(m, text);
		snprintf(name, sizeof(name), "BININT1 %s", text);
		return name;
	case 0x8c:
		n = *m->at++;
		snprintf(text, sizeof(text), "'%.*s'", n, (const char *)m->at);
		m->at += n;
		push(m, text);
		snprintf(name, sizeof(name), "SHORT_BINUNICODE %s", text);
		return name;
	case ']':
		push(m, "[]");
		return "EMPTY_LIST";
	case '}':
		push(m, "{}");
		return "EMPTY_DICT";
	case 0x94:
		if (m->height == 0)
			return NULL;
		m->memo[m->memos] = m->stack[m->height - 1];
		snprintf(name, sizeof(name), "MEMOIZE as number %d", m->memos++);
		return name;
	case 'h':
		n = *m->at++;
		if (n >= m->memos)
			return NULL;
		m->stack[m->height++] = m->memo[n];
		snprintf(name, sizeof(name), "BINGET number %d", n);
		return name;
	case '(':
		m->stack[m->height++] = &mark;
		return "MARK";
	case 'a':
		return fill(m, m->height - 1, m->height - 2, ']', "APPEND");
	case 'e':
		return fill(m, last_mark(m) + 1, last_mark(m) - 1, ']', "APPENDS");
	case 's':
		return fill(m, m->height - 2, m->height - 3, '}', "SETITEM");
	case 'u':
		return fill(m, last_mark(m) + 1, last_mark(m) - 1, '}', "SETITEMS");
	case '.':
		m->end = m->at;
		return "STOP: the top is the value";
	default:
		return NULL;
	}
}

static void
run(const char *title, const void *pickle, size_t size)
{
	static struct machine m;

	m = (struct machine){.at = pickle, .end = (const unsigned char *)pickle + size};
	printf("\n%s: %zu bytes\n  instruction                stack, its top at the right\n", title,
	    size);
	while (m.at < m.end && m.made < 79 && m.height < 39 && m.memos < 39) {
		int op = *m.at;
		const char *name = step(&m);
		if (!name) {
			printf("  an instruction (%02x) that this machine does not know\n", op);
			return;
		}
		show(&m, name);
	}
}

#define RUN(title, pickle) run(title, pickle, sizeof(pickle) - 1)

int
main(int argc, char **argv)
{
	char data[300];

	if (argc > 1 && !strcmp(argv[1], "-")) {
		ssize_t n = read(STDIN_FILENO, data, sizeof(data) - 20);
		run("standard input", data, n > 0 ? (size_t)n : 0);
		return 0;
	}
	RUN("{'a': 1, 'b': 2}", "\x80\x04\x95\x11\0\0\0\0\0\0\0}\x94(\x8c\x01"
				"a\x94K\x01\x8c\x01"
				"b\x94K\x02u.");
	RUN("x = [7]; [x, x]", "\x80\x04\x95\x0d\0\0\0\0\0\0\0]\x94(]\x94K\x07"
			       "ah\x01"
			       "e.");
	RUN("x = [1]; x.append(x)", "\x80\x04\x95\x09\0\0\0\0\0\0\0]\x94(K\x01h\0e.");
	printf("\nIn the second, one list is on the stack twice, and stays one: number 1. In the\n"
	       "third the list is fetched while it is still empty: that is how a value can hold\n"
	       "itself. `python3 -m pickletools` shows the instructions of any pickle.\n");
	return 0;
}
