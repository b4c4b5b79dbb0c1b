package io.weakref.cleaner;

import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import java.util.function.Consumer;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * When a {@link Sweeper} sweeps.
 */
class SweeperTests {

	@Test
	void aCollectionBeforeTheFirstCanaryWasMadeIsMadeUpFor() {
		Sweeper sweeper = new Sweeper("test", new ReferenceQueue<>());
		Bins bins = new Bins(16, () -> {
		});
		sweeper.add(bins);
		long wait = sweeper.run();
		assertThat(bins.swept).isEqualTo(16);
		assertThat(wait).isLessThan(1_000_000_000L);
	}

	@Test
	void aTableSettlesThoughCollectionsComeFasterThanRounds() {
		Sweeper sweeper = new Sweeper("test", new ReferenceQueue<>());
		Bins bins = new Bins(8192, sweeper::collected);
		sweeper.add(bins);
		for (int i = 0; i < 1000 && bins.settled == 0; i++) {
			sweeper.run();
		}
		assertThat(bins.settled).isPositive();
		assertThat(bins.swept).isGreaterThanOrEqualTo(8192);
	}

	@Test
	void withoutATableThereIsNothingToWaitFor() {
		assertThat(new Sweeper("test", new ReferenceQueue<>()).run()).isEqualTo(Long.MAX_VALUE);
	}

	private static final class Bins implements Sweepable {

		private final int bins;

		private final Runnable whenSwept;

		private int swept;

		private int settled;

		Bins(int bins, Runnable whenSwept) {
			this.bins = bins;
			this.whenSwept = whenSwept;
		}

		@Override
		public String name() {
			return "bins";
		}

		@Override
		public int bins() {
			return this.bins;
		}

		@Override
		public int sweep(int from, int to) {
			this.swept += to - from;
			this.whenSwept.run();
			return 0;
		}

		@Override
		public void settle() {
			this.settled++;
		}

		@Override
		public void forEachEntry(Object referent, Consumer<? super WeakReference<?>> action) {
		}

	}

}
