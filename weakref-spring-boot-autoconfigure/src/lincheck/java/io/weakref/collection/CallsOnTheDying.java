package io.weakref.collection;

import org.jetbrains.lincheck.datastructures.IntGen;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;

/**
 * The calls on a table whose values die. They do not include {@code compute}: it holds the
 * value from which it computes, so the garbage collector would never clear that value.
 */
@Param(name = "key", gen = IntGen.class, conf = "0:2")
@Param(name = "value", gen = IntGen.class, conf = "0:2")
public abstract class CallsOnTheDying extends Calls {

	CallsOnTheDying(TableOperations table) {
		super(table);
	}

	@Operation
	public void die(@Param(name = "key") int key, @Param(name = "value") int value) {
		this.table.die(key, value);
	}

}
