package io.weakref.collection;

import org.jetbrains.lincheck.datastructures.IntGen;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;
import org.jspecify.annotations.Nullable;

/**
 * The calls on a table whose referents the test holds. All keys are in one bin, so that
 * even {@code clear} is atomic.
 */
@Param(name = "key", gen = IntGen.class, conf = "0:2")
@Param(name = "value", gen = IntGen.class, conf = "0:2")
public abstract class CallsOnTheHeld extends Calls {

	CallsOnTheHeld(TableOperations table) {
		super(table);
	}

	@Operation
	public @Nullable Integer compute(@Param(name = "key") int key, @Param(name = "value") int value) {
		return this.table.compute(key, value);
	}

	@Operation
	public void clear() {
		this.table.clear();
	}

}
