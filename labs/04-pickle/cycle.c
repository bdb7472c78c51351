/* SPDX-License-Identifier: MIT */
/*
 * Cycles: marked when they are closed, found when nobody outside is left.
 *
 * A list that holds itself has a reference that never goes away. Counting cannot see that
 * nobody outside is left; so whenever a value that may be part of a cycle loses a reference,
 * and has others, we look whether these others all come from inside ("trial deletion"):
 *
 *	1. gather all that the suspects reach; held = its references
 *	2. for every reference among those gathered: held - 1
 *	3. held > 0: somebody outside holds it, and so all that it reaches
 *	4. the rest holds only itself: cut it apart, and it is dead like anything else
 *
 * Only values marked as cyclic are walked: nobody else pays. To mark them, whatever is put
 * into a value that is itself in another one is looked through. Nothing here recurses or
 * allocates: a node is in at most one list, by `link`; the stack of step 3 goes by `work`.
 *
 * Handout: labs/04-pickle/README.md
 */
#include "object.h"

#include <mp/todo.h>

void
mp__joins(struct mp_value *whole, struct mp_value *part)
{
	/*
	 * pickle.7: part is about to become part of whole. If whole can be reached from part, a
	 * cycle is being closed: see to it that mp_value_free will find it.
	 */
	mp_todo("pickle.7");
}
