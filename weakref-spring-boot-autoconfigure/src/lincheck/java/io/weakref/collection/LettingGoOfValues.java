package io.weakref.collection;

import org.jetbrains.lincheck.datastructures.Operation;

/**
 * Weak values that the table holds for a while and lets go of, in a table about to shrink.
 * Runs in stress mode only: calls notify the drain thread, which the model checker does
 * not schedule.
 */
public class LettingGoOfValues extends CallsOnTheHeld {

	public LettingGoOfValues() {
		super(TableOperations.holding(true));
	}

	@Operation
	public void letGo() {
		this.table.letGo();
	}

	@Operation
	public void letGoAll() {
		this.table.letGoAll();
	}

}
