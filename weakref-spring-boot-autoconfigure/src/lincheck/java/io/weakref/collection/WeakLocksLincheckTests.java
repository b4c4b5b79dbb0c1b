package io.weakref.collection;

import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.StressOptions;
import org.junit.jupiter.api.Test;

/**
 * The locks of keys are linearizable, while the collector takes those that nobody holds
 * or uses: every outcome of concurrent calls is one that {@link LockModel} has in some
 * order of the same calls.
 */
class WeakLocksLincheckTests {

	private static final int ITERATIONS = Integer.getInteger("weakref.lincheck.iterations", 15);

	private static final int INVOCATIONS = Integer.getInteger("weakref.lincheck.invocations", 500);

	@Test
	void areLinearizableInEverySchedule() {
		// A lock belongs to a thread: no call is made by another thread than it says.
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
