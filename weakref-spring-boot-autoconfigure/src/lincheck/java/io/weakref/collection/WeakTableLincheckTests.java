package io.weakref.collection;

import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.StressOptions;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Tests that the operations on one table are linearizable, with referents that the test or
 * the table holds and with referents that die: every outcome of concurrent calls is also
 * an outcome of {@link TableModel} for some sequential order of the same calls.
 */
class WeakTableLincheckTests {

	private static final int ITERATIONS = Integer.getInteger("weakref.lincheck.iterations", 15);

	private static final int INVOCATIONS = Integer.getInteger("weakref.lincheck.invocations", 500);

	@ParameterizedTest
	@ValueSource(classes = { GrowingValues.class, ShrinkingValues.class, GrowingKeys.class, DyingValues.class,
			DyingValuesShrinking.class, DyingKeys.class, OrderedValues.class, OrderedValuesShrinking.class,
			DyingOrderedValues.class, BarelyOrderedValues.class, HoldingValues.class })
	void isLinearizableInEverySchedule(Class<?> operations) {
		// Must exceed the number of bins, over which a sweep loops.
		new ModelCheckingOptions().loopBound(500)
			.iterations(ITERATIONS)
			.invocationsPerIteration(INVOCATIONS)
			.threads(2)
			.actorsPerThread(3)
			.actorsBefore(2)
			.actorsAfter(2)
			.sequentialSpecification(TableModel.class)
			.check(operations);
	}

	@ParameterizedTest
	@ValueSource(classes = { GrowingValues.class, ShrinkingValues.class, GrowingKeys.class, DyingValues.class,
			DyingValuesShrinking.class, DyingKeys.class, OrderedValues.class, OrderedValuesShrinking.class,
			DyingOrderedValues.class, BarelyOrderedValues.class, HoldingValues.class, LettingGoOfValues.class })
	void isLinearizableUnderStress(Class<?> operations) {
		new StressOptions().iterations(ITERATIONS)
			.invocationsPerIteration(INVOCATIONS * 2)
			.threads(3)
			.actorsPerThread(3)
			.actorsBefore(2)
			.actorsAfter(2)
			.sequentialSpecification(TableModel.class)
			.check(operations);
	}

}
