package io.weakref.collection;

import java.lang.ref.WeakReference;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests of a weak key that dies between two calls that have searched for it.
 */
@Timeout(60)
class DyingKeyTests {

	private final WeakTable<Key, Object> table = new WeakTable<>("dying", true, KeyMatch.EQUALITY, KeyRetention.OLDEST,
			0, WeakDictionaryContract.CLOSED);

	@Test
	void aKeyThatDiesWhileAnEqualOneIsReservedLeavesOneEntry() throws Exception {
		Object value = new Object();
		Key dying = new Key(1);
		Key first = new Key(0);
		Key last = new Key(2);
		this.table.put(first, value, false);
		this.table.put(dying, value, false);
		this.table.put(last, value, false);
		CountDownLatch passed = new CountDownLatch(1);
		CountDownLatch computed = new CountDownLatch(1);
		Key stored = new Key(1);
		stored.beforeEquals = (key) -> {
			if (key == last) {
				passed.countDown();
				await(computed);
			}
		};
		ExecutorService executor = Executors.newSingleThreadExecutor();
		try {
			Key asked = new Key(1);
			Future<?>[] put = new Future<?>[1];
			asked.beforeEquals = (key) -> {
				if (key == dying) {
					// As the garbage collector does once nothing else refers to the key.
					this.table.forEachEntry(dying, WeakReference::clear);
					put[0] = executor.submit(() -> this.table.put(stored, value, false));
					await(passed);
				}
			};
			assertThat(this.table.computeIfAbsent(asked, (key) -> value)).isSameAs(value);
			computed.countDown();
			put[0].get();
			this.table.purge();
			assertThat(this.table.liveCount()).isEqualTo(3);
			assertThat(this.table.size()).isEqualTo(3);
			assertThat(this.table.replace(new Key(1), null, null)).isSameAs(value);
			assertThat(this.table.get(new Key(1))).isNull();
		}
		finally {
			computed.countDown();
			executor.shutdownNow();
		}
	}

	private static void await(CountDownLatch latch) {
		try {
			latch.await();
		}
		catch (InterruptedException ex) {
			throw new AssertionError(ex);
		}
	}

	/** All have one hash code. */
	private static final class Key {

		private final int number;

		private volatile @Nullable Consumer<@Nullable Object> beforeEquals;

		Key(int number) {
			this.number = number;
		}

		@Override
		public boolean equals(@Nullable Object other) {
			Consumer<@Nullable Object> action = this.beforeEquals;
			if (action != null) {
				action.accept(other);
			}
			return other instanceof Key that && this.number == that.number;
		}

		@Override
		public int hashCode() {
			return 1;
		}

	}

}
