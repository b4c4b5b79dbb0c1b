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
		Bins bins = new Bins();
		sweeper.add(bins);
		long wait = sweeper.run();
		assertThat(bins.swept).isEqualTo(16);
		assertThat(wait).isLessThan(1_000_000_000L);
	}

	@Test
	void withoutATableThereIsNothingToWaitFor() {
		assertThat(new Sweeper("test", new ReferenceQueue<>()).run()).isEqualTo(Long.MAX_VALUE);
	}

	private static final class Bins implements Sweepable {

		private int swept;

		@Override
		public String name() {
			return "bins";
		}

		@Override
		public int bins() {
			return 16;
		}

		@Override
		public int sweep(int from, int to) {
			this.swept += to - from;
			return 0;
		}

		@Override
		public void settle() {
		}

		@Override
		public void forEachEntry(Object referent, Consumer<? super WeakReference<?>> action) {
		}

	}

}
