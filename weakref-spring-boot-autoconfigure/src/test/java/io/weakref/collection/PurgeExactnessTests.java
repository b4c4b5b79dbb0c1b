package io.weakref.collection;

import java.lang.ref.Reference;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;

import io.weakref.cleaner.WeakCleaner;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests that the size is exact when {@code purge()} returns, no matter which other
 * threads remove dead entries.
 */
@Timeout(120)
@Tag("slow")
class PurgeExactnessTests {

	private static final int ENTRIES = 20_000;

	private static final int ROUNDS = 60;

	private final ExecutorService executor = Executors.newSingleThreadExecutor();

	@AfterEach
	void stop() {
		this.executor.shutdownNow();
	}

	@Test
	void twoThreadsThatPurgeBothSeeTheRightSize() throws Exception {
		assertExact(WeakTable::purge);
	}

	@Test
	void aThreadThatPurgesWhileAnotherClearsSeesTheRightSize() throws Exception {
		assertExact(WeakTable::clear);
	}

	@Test
	void aThreadThatPurgesWhileAnotherSweepsInSlicesSeesTheRightSize() throws Exception {
		assertExact((table) -> {
			for (int i = 0; i < table.bins(); i += 1024) {
				table.sweep(i, i + 1024);
			}
		});
	}

	private void assertExact(Consumer<WeakTable<Object, Object>> other) throws Exception {
		for (int round = 0; round < ROUNDS; round++) {
			boolean weakKeys = round % 2 == 1;
			WeakTable<Object, Object> table = new WeakTable<>("test", weakKeys, KeyMatch.EQUALITY, KeyRetention.OLDEST,
					0, WeakDictionaryContract.CLOSED);
			List<Object> keys = new ArrayList<>();
			Object value = new Object();
			for (int i = 0; i < ENTRIES; i++) {
				keys.add(new Sample(i, i));
				table.put(keys.get(i), value, false);
			}
			// As the garbage collector does. Nothing is removed from the table yet.
			BinWalker nodes = table.walker();
			for (Node node = nodes.next(); node != null; node = nodes.next()) {
				node.clear();
			}
			Reference.reachabilityFence(keys);
			CyclicBarrier start = new CyclicBarrier(2);
			Future<Integer> theirs = this.executor.submit(() -> {
				start.await();
				other.accept(table);
				return table.size();
			});
			start.await();
			table.purge();
			assertThat(table.size()).isZero();
			theirs.get();
			assertThat(table.size()).isZero();
			assertThat(table.purgedCount()).isEqualTo(ENTRIES);
		}
	}

	@Test
	void theSizeIsRightAfterAPurgeWhileTheDrainThreadSweeps() {
		try (WeakCleaner cleaner = WeakCleaner.builder().threadName("sweeping").build()) {
			WeakValueDictionary<Object, Object> map = WeakValueDictionary.builder().cleaner(cleaner).build();
			for (int round = 0; round < ROUNDS; round++) {
				for (int i = 0; i < 5000; i++) {
					map.put(i, new Object());
				}
				System.gc();
				map.purge();
				assertThat(map.size()).isEqualTo(map.liveCount());
			}
		}
	}

}
