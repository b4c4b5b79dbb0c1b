package io.weakref.collection;

import org.jetbrains.lincheck.datastructures.IntGen;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;
import org.jspecify.annotations.Nullable;

/**
 * The calls on a table that every test makes.
 */
@Param(name = "key", gen = IntGen.class, conf = "0:2")
@Param(name = "value", gen = IntGen.class, conf = "0:2")
public abstract class Calls {

	final TableOperations table;

	Calls(TableOperations table) {
		this.table = table;
	}

	@Operation
	public @Nullable Integer get(@Param(name = "key") int key) {
		return this.table.get(key);
	}

	@Operation
	public @Nullable Integer put(@Param(name = "key") int key, @Param(name = "value") int value) {
		return this.table.put(key, value);
	}

	@Operation
	public @Nullable Integer putIfAbsent(@Param(name = "key") int key, @Param(name = "value") int value) {
		return this.table.putIfAbsent(key, value);
	}

	@Operation
	public @Nullable Integer remove(@Param(name = "key") int key) {
		return this.table.remove(key);
	}

	@Operation
	public boolean replace(@Param(name = "key") int key, @Param(name = "value") int expected,
			@Param(name = "value") int value) {
		return this.table.replace(key, expected, value);
	}

	@Operation
	public @Nullable Integer computeIfAbsent(@Param(name = "key") int key, @Param(name = "value") int value) {
		return this.table.computeIfAbsent(key, value);
	}

	@Operation
	public void purge() {
		this.table.purge();
	}

}
