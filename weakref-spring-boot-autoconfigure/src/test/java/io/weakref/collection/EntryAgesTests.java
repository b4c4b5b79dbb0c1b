package io.weakref.collection;

import java.lang.ref.Reference;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

import io.weakref.ForkedJvm;
import io.weakref.GarbageCollection;
import io.weakref.cleaner.WeakCleaner;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests of {@link EntryAges}: what a table reports about its sample, given the number of
 * old garbage collections.
 */
@Timeout(120)
@Tag("slow")
class EntryAgesTests {

	private final WeakTable<Object, Object> values = table(false, 0);

	private final WeakTable<Object, Object> keys = table(true, 0);

	private final List<Object> held = new ArrayList<>();

	static WeakTable<Object, Object> table(boolean weakKeys, int initialCapacity) {
		return new WeakTable<>("ages", weakKeys, KeyMatch.EQUALITY, KeyRetention.OLDEST, initialCapacity,
				WeakDictionaryContract.CLOSED);
	}

	private Object held() {
		Object object = new Object();
		this.held.add(object);
		return object;
	}

	private void putHeld(int from, int to) {
		IntStream.range(from, to).forEach((i) -> this.values.put(i, held(), false));
	}

	private static WeakAges sampledAt(WeakTable<?, ?> table, int oldCollections) {
		table.sampleAges(oldCollections);
		return table.ages();
	}

	@Test
	void nothingIsSampledBeforeTheFirstOldCollectionNorWithoutEntries() {
		assertThat(this.values.ages()).isEqualTo(WeakAges.NONE);
		assertThat(sampledAt(this.values, 7)).isEqualTo(WeakAges.NONE);
	}

	@Test
	void liveEntriesAgeWithEachOldCollectionSinceTheyWereFirstSampled() {
		putHeld(0, 100);
		assertThat(sampledAt(this.values, 3)).isEqualTo(new WeakAges(100, 0, 0, 0, false));
		putHeld(100, 120);
		assertThat(sampledAt(this.values, 4)).isEqualTo(new WeakAges(120, 100, 0, 0, false));
		assertThat(sampledAt(this.values, 8)).isEqualTo(new WeakAges(120, 120, 100, 0, false));
		assertThat(sampledAt(this.values, 23)).isEqualTo(new WeakAges(120, 120, 120, 100, false));
		assertThat(this.values.ages().agedShare()).isEqualTo(1);
	}

	@Test
	void deadAndRemovedEntriesLeaveTheSample() {
		putHeld(0, 100);
		sampledAt(this.values, 1);
		this.held.subList(0, 30).clear();
		GarbageCollection.collect();
		IntStream.range(90, 100).forEach((i) -> this.values.replace(i, null, null));
		assertThat(sampledAt(this.values, 2)).isEqualTo(new WeakAges(60, 60, 0, 0, false));
		this.values.clear();
		assertThat(sampledAt(this.values, 3)).isEqualTo(WeakAges.NONE);
	}

	@Test
	void entriesHeldByTheTableItselfAreNoSignThatItNeverShrinks() {
		WeakValueDictionary<Integer, Object> dictionary = WeakValueDictionary.<Integer, Object>builder()
			.holdMax(3000)
			.build();
		for (int i = 0; i < 2500; i++) {
			dictionary.put(i, held());
		}
		assertThat(sampledAt(dictionary.table(), 1)).isEqualTo(dictionary.ages());
		assertThat(sampledAt(dictionary.table(), 10).neverShrinks()).isFalse();
		assertThat(dictionary.ages().outlived5()).isGreaterThan(100);
		dictionary.releaseHeld();
		assertThat(sampledAt(dictionary.table(), 14).neverShrinks()).isFalse();
		assertThat(sampledAt(dictionary.table(), 15).neverShrinks()).isTrue();
	}

	@Test
	void entryThatReplacesADeadOneIsYoung() {
		putHeld(0, 100);
		sampledAt(this.values, 1);
		this.held.subList(0, 40).clear();
		GarbageCollection.collect();
		putHeld(0, 40);
		assertThat(sampledAt(this.values, 2)).isEqualTo(new WeakAges(100, 60, 0, 0, false));
	}

	@Test
	void replacingAWeakValueResetsTheAgeAndReplacingTheValueOfAWeakKeyDoesNot() {
		putHeld(0, 100);
		sampledAt(this.values, 1);
		putHeld(0, 100);
		assertThat(sampledAt(this.values, 2)).isEqualTo(new WeakAges(100, 0, 0, 0, false));
		for (int i = 0; i < 100; i++) {
			this.keys.put(held(), i, false);
		}
		sampledAt(this.keys, 1);
		this.held.forEach((key) -> this.keys.put(key, "other", false));
		assertThat(sampledAt(this.keys, 2).outlived1()).isPositive();
	}

	@Test
	void locksThatAreHeldForeverNeverShrink() {
		WeakTable<Integer, KeyLock> table = new WeakTable<>("ages", false, KeyMatch.EQUALITY, KeyRetention.OLDEST, 0,
				WeakDictionaryContract.CLOSED);
		LockWaits waits = new LockWaits();
		for (int i = 0; i < 1000; i++) {
			KeyLock lock = new KeyLock(waits);
			table.put(i, lock, false);
			lock.lock();
		}
		for (int oldCollections = 1; oldCollections < 7; oldCollections++) {
			GarbageCollection.collect();
			table.sampleAges(oldCollections);
		}
		assertThat(table.ages().neverShrinks()).isTrue();
		assertThat(table.liveCount()).isEqualTo(1000);
	}

	@Test
	void sampleOfManyEntriesCoversAllPartsOfTheTable() {
		putHeld(0, 100_000);
		int sampled = sampledAt(this.values, 1).sampled();
		assertThat(sampled).isBetween(150, EntryAges.SAMPLE);
		// Consecutive numbers are neighbours in the table, too.
		IntStream.range(0, 50_000).forEach((i) -> this.values.replace(i, null, null));
		assertThat(sampledAt(this.values, 2).outlived1()).isBetween(sampled / 3, 2 * sampled / 3);
	}

	@Test
	void samplingOfAnAlmostEmptyTableEnds() {
		WeakTable<Object, Object> sparse = table(false, 1_000_000);
		for (int i = 0; i < 50; i++) {
			sparse.put(i * 40_000, held(), false);
		}
		assertThat(sampledAt(sparse, 1).sampled()).isBetween(0, 50);
	}

	@Test
	void entriesKeepTheirAgeWhileTheTableGrowsAndShrinks() {
		putHeld(0, 200);
		sampledAt(this.values, 1);
		putHeld(200, 390);
		assertThat(sampledAt(this.values, 2).outlived1()).isEqualTo(200);
		List<Object> many = new ArrayList<>();
		for (int i = 1000; i < 100_000; i++) {
			Object value = new Object();
			many.add(value);
			this.values.put(i, value, false);
		}
		IntStream.range(1000, 100_000).forEach((i) -> this.values.replace(i, null, null));
		this.values.settle();
		assertThat(this.values.bins()).isLessThan(10_000);
		assertThat(sampledAt(this.values, 6).outlived5()).isEqualTo(200);
		assertThat(many).isNotEmpty();
	}

	@Test
	void aTableThatHasGrownIsSampledAnew() {
		putHeld(0, 1000);
		sampledAt(this.values, 1);
		putHeld(1000, 4000);
		WeakAges ages = sampledAt(this.values, 2);
		assertThat(ages.sampled()).isGreaterThan(200);
		assertThat(ages.outlived1()).isBetween(ages.sampled() / 3, 2 * ages.sampled() / 3);
	}

	@Test
	void entriesKeepTheirAgeWhenTheirHashCodesCollide() {
		List<String> colliding = OrderedNodesTests.colliding(100);
		for (String key : colliding.subList(0, 1)) {
			this.values.put(key, held(), false);
		}
		sampledAt(this.values, 1);
		for (String key : colliding.subList(1, 100)) {
			this.values.put(key, held(), false);
		}
		assertThat(sampledAt(this.values, 2).outlived1()).isEqualTo(1);
		this.values.replace(colliding.get(0), null, null);
		assertThat(sampledAt(this.values, 3).outlived1()).isZero();
	}

	@Test
	void aThousandEntriesOfWhichNoneDiedInFiveOldCollectionsNeverShrink() {
		putHeld(0, 1000);
		for (int i = 1; i <= 5; i++) {
			assertThat(sampledAt(this.values, i).neverShrinks()).isFalse();
		}
		assertThat(this.values.sampleAges(6)).isTrue();
		assertThat(this.values.ages().neverShrinks()).isTrue();
	}

	@Test
	void fewerThanAThousandEntriesMayStayForever() {
		putHeld(0, 999);
		for (int i = 1; i <= 20; i++) {
			assertThat(this.values.sampleAges(i)).isFalse();
		}
	}

	@Test
	void aTableInWhichAnEntryHasDiedIsNotReportedAsNeverShrinking() {
		putHeld(0, 1000);
		sampledAt(this.values, 1);
		sampledAt(this.values, 4);
		this.values.put("dies", new Object(), false);
		GarbageCollection.collect();
		this.values.purge();
		for (int i = 5; i <= 9; i++) {
			assertThat(sampledAt(this.values, i).neverShrinks()).isFalse();
		}
		assertThat(sampledAt(this.values, 10).neverShrinks()).isTrue();
	}

	@Test
	void aTableWhoseEntriesAreRemovedAndPutAllTheTimeIsNotSuspected() {
		for (int i = 1; i <= 20; i++) {
			this.values.clear();
			putHeld(1000 * i, 1000 * i + 1000);
			assertThat(this.values.sampleAges(i)).isFalse();
		}
	}

	@Test
	void aTableThatGrowsAndLosesNothingNeverShrinks() {
		boolean neverShrinks = false;
		for (int i = 1; i <= 12; i++) {
			putHeld(1000 * i, 1000 * i + 1000);
			neverShrinks |= this.values.sampleAges(i);
		}
		assertThat(neverShrinks).isTrue();
	}

	@Test
	void neitherSideOfARemovedEntryIsKept() {
		List<WeakReference<Object>> removed = new ArrayList<>();
		for (int i = 0; i < 200; i++) {
			Object key = held();
			Object value = new Object();
			this.keys.put(key, value, false);
			removed.add(new WeakReference<>(value));
		}
		assertThat(sampledAt(this.keys, 1).sampled()).isEqualTo(200);
		this.held.forEach((key) -> this.keys.replace(key, null, null));
		GarbageCollection.collect();
		assertThat(removed).allMatch((value) -> value.refersTo(null));
		assertThat(this.keys.ages().sampled()).isEqualTo(200);
	}

	@ParameterizedTest
	@ValueSource(strings = { "-XX:+UseG1GC", "-XX:+UseG1GC -XX:+ExplicitGCInvokesConcurrent -XX:MaxTenuringThreshold=0",
			"-XX:+UseZGC" })
	void aSampledEntryDiesAtTheSameCollectionAsItsNeighbours(String collector) {
		assertThat(ForkedJvm.run(SampledWhileCollecting.class, collector.split(" "))).last().isEqualTo("survivors: 0");
	}

	/**
	 * Samples a table continuously, even in the shortest time between two garbage
	 * collections, and then lets one garbage collection examine entries of which some are
	 * in the sample.
	 */
	static final class SampledWhileCollecting {

		private static final int ROUNDS = 10;

		private SampledWhileCollecting() {
		}

		public static void main(String[] arguments) throws InterruptedException {
			WeakCleaner.shared();
			long survivors = 0;
			for (int round = 0; round < ROUNDS; round++) {
				survivors += survivors();
			}
			System.out.println("survivors: " + survivors);
		}

		private static long survivors() throws InterruptedException {
			WeakTable<Object, Object> table = table(false, 0);
			List<Object> held = new ArrayList<>();
			for (int i = 0; i < 10_000; i++) {
				Object value = new Object();
				held.add(value);
				table.put(i, value, false);
			}
			table.sampleAges(1);
			// Now they are old.
			System.gc();
			Thread sampler = new Thread(() -> {
				for (int i = 2; !Thread.currentThread().isInterrupted(); i++) {
					table.sampleAges(i);
				}
			});
			Reference.reachabilityFence(held);
			held.clear();
			sampler.start();
			System.gc();
			long survivors = table.liveCount();
			sampler.interrupt();
			sampler.join();
			return survivors;
		}

	}

}
