package io.weakref.collection;

import org.jetbrains.lincheck.datastructures.IntGen;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;

/**
 * Weak keys that die, in a table about to grow. The calls do not include {@code compute}:
 * it holds the key for which it computes, so the garbage collector would never clear that
 * key.
 */
@Param(name = "key", gen = IntGen.class, conf = "0:2")
@Param(name = "value", gen = IntGen.class, conf = "0:2")
public class DyingKeys extends Calls {

	public DyingKeys() {
		super(TableOperations.growing(true));
	}

	@Operation
	public void dieWithKey(@Param(name = "key") int key) {
		this.table.dieWithKey(key);
	}

}
