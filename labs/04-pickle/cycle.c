/* SPDX-License-Identifier: MIT */
/*
 * Letting go: of values, of all that they alone held, and of cycles.
 *
 * A list that holds itself has a reference that never goes away. Counting cannot see that
 * nobody outside is left; so whenever a value that may be part of a cycle loses a reference,
 * and has others, we look whether these others all come from inside ("trial deletion"):
 *
 *	1. gather all that the suspect reaches; held = its references
 *	2. for every reference among those gathered: held - 1
 *	3. held > 0: somebody outside holds it, and so all that it reaches
 *	4. the rest holds only itself: cut it apart, and it is dead like anything else
 *
 * Only values in `cyclic` are walked: nobody else pays. Nothing here recurses or allocates:
 * a node is in at most one list, by `link`; the stack of step 3 goes through `work`.
 *
 * Handout: labs/04-pickle/README.md
 */
#include "object.h"

#include <mp/todo.h>

void
mp__let_go(struct mp_value **values, size_t n)
{
	/*
	 * pickle.7: free n values at once, what they alone held, and cycles that nobody outside
	 * holds: in a loop, for they may be nested deeper than any stack.
	 */
	mp_todo("pickle.7");
}
