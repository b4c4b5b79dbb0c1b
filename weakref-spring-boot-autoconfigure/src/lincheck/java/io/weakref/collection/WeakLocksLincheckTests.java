package io.weakref.collection;

import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.StressOptions;
import org.junit.jupiter.api.Test;

/**
 * Tests that the locks of keys are linearizable while the garbage collector clears those
 * that no thread holds or uses: every outcome of concurrent calls is also an outcome of
 * {@link LockModel} for some sequential order of the same calls.
 */
class WeakLocksLincheckTests {

	private static final int ITERATIONS = Integer.getInteger("weakref.lincheck.iterations", 15);

	private static final int INVOCATIONS = Integer.getInteger("weakref.lincheck.invocations", 500);

	@Test
	void areLinearizableInEverySchedule() {
		// A lock belongs to a thread, so each call must be made by the thread that its
		// parameter names.
		new ModelCheckingOptions().loopBound(500)
			.iterations(ITERATIONS)
			.invocationsPerIteration(INVOCATIONS)
			.threads(2)
			.actorsPerThread(5)
			.actorsBefore(0)
			.actorsAfter(0)
			.minimizeFailedScenario(false)
			.sequentialSpecification(LockModel.class)
			.check(LockCalls.class);
	}

	@Test
	void areLinearizableUnderStress() {
		new StressOptions().iterations(ITERATIONS)
			.invocationsPerIteration(INVOCATIONS * 2)
			.threads(3)
			.actorsPerThread(4)
			.actorsBefore(0)
			.actorsAfter(0)
			.minimizeFailedScenario(false)
			.sequentialSpecification(LockModel.class)
			.check(LockCalls.class);
	}

}
