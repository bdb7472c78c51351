/* SPDX-License-Identifier: MIT */
#ifndef PICKLE_OPCODE_H
#define PICKLE_OPCODE_H
/*
 * Given: the instructions of the pickle machine, as far as CPython's protocols 2 to 5 write
 * them. Behind each: what follows it in the pickle (a number is little-endian; N, N4, N8: a
 * length of one, four, eight bytes, and so many bytes), and what it does to the stack.
 */
enum opcode {
	PROTO = 0x80, /* N     the version; first of all */
	FRAME = 0x95, /* N8    so many bytes belong together: no effect */
	STOP = '.',   /*       the value on top is the result */

	NONE = 'N',
	NEWTRUE = 0x88,
	NEWFALSE = 0x89,
	BININT1 = 'K',	/* one byte, unsigned */
	BININT2 = 'M',	/* two bytes, unsigned */
	BININT = 'J',	/* four bytes, signed */
	LONG1 = 0x8a,	/* N     bytes of two's complement */
	LONG4 = 0x8b,	/* N4    the length is signed */
	BINFLOAT = 'G', /* eight bytes, big-endian */
	SHORT_BINUNICODE = 0x8c,
	BINUNICODE = 'X',
	BINUNICODE8 = 0x8d,
	SHORT_BINBYTES = 'C',
	BINBYTES = 'B',
	BINBYTES8 = 0x8e,
	BYTEARRAY8 = 0x96,

	MARK = '(', /*       remember this height of the stack */
	EMPTY_TUPLE = ')',
	TUPLE1 = 0x85, /* a         -> (a,) */
	TUPLE2 = 0x86, /* a b       -> (a, b) */
	TUPLE3 = 0x87, /* a b c     -> (a, b, c) */
	TUPLE = 't',   /* MARK a... -> (a, ...) */
	EMPTY_LIST = ']',
	LIST = 'l',    /* MARK a... -> [a, ...] */
	APPEND = 'a',  /* list a    -> list */
	APPENDS = 'e', /* list MARK a... -> list */
	EMPTY_DICT = '}',
	DICT = 'd',	/* MARK k v... -> {k: v, ...} */
	SETITEM = 's',	/* dict k v  -> dict */
	SETITEMS = 'u', /* dict MARK k v... -> dict */
	EMPTY_SET = 0x8f,
	ADDITEMS = 0x90,  /* set MARK a... -> set */
	FROZENSET = 0x91, /* MARK a... -> frozenset */

	POP = '0',	     /* a     -> , or take away a MARK on top */
	POP_MARK = '1',	     /* MARK a... -> */
	DUP = '2',	     /* a     -> a a */
	MEMOIZE = 0x94,	     /* a     -> a, and it gets the next number */
	BINPUT = 'q',	     /* N     the same, with this number */
	LONG_BINPUT = 'r',   /* four bytes */
	BINGET = 'h',	     /* N     the value of this number */
	LONG_BINGET = 'j',   /* four bytes */
	GLOBAL = 'c',	     /* module LF name LF */
	STACK_GLOBAL = 0x93, /* module name  -> global */
	REDUCE = 'R',	     /* callable args -> what it returns */
	NEWOBJ = 0x81,	     /* class args   -> object */
	NEWOBJ_EX = 0x92,    /* class args keywords -> object */
	BUILD = 'b',	     /* object state -> object */
};

#endif
