package io.weakref.collection;

import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.function.Supplier;

import io.weakref.ForkedJvm;
import io.weakref.GarbageCollection;
import io.weakref.cleaner.WeakCleaner;
import io.weakref.reference.WeakRefs;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests that a program that creates and drops many small weak collections pays only for
 * their entries.
 */
class ManyCollectionsTests {

	private static final int MANY = 300_000;

	private static final long SOME_BYTES = 6_000_000;

	private static final Object ELEMENT = new Object();

	@Test
	void droppedCollectionsOfAClosedCleanerLeaveNothing() {
		WeakCleaner cleaner = WeakCleaner.builder().threadName("many-test").build();
		cleaner.close();
		assertLeavesNothing(() -> WeakSet.builder().cleaner(cleaner).build());
		assertThat(cleaner.isAlive()).isFalse();
	}

	@Test
	void droppedCollectionsOfACleanerThatIsClosedAfterwardsLeaveNothing() {
		WeakCleaner cleaner = WeakCleaner.builder().threadName("many-test").build();
		assertLeavesNothing(() -> WeakSet.builder().cleaner(cleaner).build());
		cleaner.close();
		assertThat(cleaner.isAlive()).isFalse();
	}

	private static void assertLeavesNothing(Supplier<WeakSet<Object>> factory) {
		factory.get().add(ELEMENT);
		long before = used();
		for (int i = 0; i < MANY; i++) {
			factory.get().add(ELEMENT);
		}
		GarbageCollection.until(() -> used() - before < SOME_BYTES);
	}

	private static long used() {
		GarbageCollection.collect();
		return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
	}

	@Test
	void collectionThatWasJustFilledIsCountedAndPurged() {
		try (WeakCleaner cleaner = WeakCleaner.builder().threadName("many-test").build()) {
			WeakSet<Object> set = WeakSet.builder().cleaner(cleaner).build();
			Object element = new Object();
			assertThat(WeakRefs.count(element)).isZero();
			set.add(element);
			assertThat(WeakRefs.count(element)).isEqualTo(1);
			GarbageCollection.collect();
			assertThat(WeakRefs.count(element)).isEqualTo(1);
		}
	}

	@Test
	void eachOfManyCollectionsIsPurgedOnceItsEntryHasDied() {
		try (WeakCleaner cleaner = WeakCleaner.builder().threadName("many-test").build()) {
			WeakSet<?>[] sets = new WeakSet<?>[20_000];
			for (int i = 0; i < sets.length; i++) {
				WeakSet<Object> set = WeakSet.builder().cleaner(cleaner).build();
				set.add(new Object());
				sets[i] = set;
			}
			GarbageCollection.collect();
			GarbageCollection.await(() -> cleaner.stats().purged() == sets.length);
			assertThat(sets).allSatisfy((set) -> assertThat(set).isEmpty());
		}
	}

	@Test
	@EnabledForJreRange(min = JRE.JAVA_21)
	void youngGarbageCollectionsFreeDroppedCollectionsEvenIfTheyFollowWeakReferences() {
		assertThat(ForkedJvm.run(Dropping.class, "-XX:+UseZGC")).containsExactly("little has grown old");
	}

	static final class Dropping {

		private static final int COLLECTIONS = 600_000;

		private static final int ENTRIES = 20;

		/**
		 * The limit: a quarter of the heap. The dropped collections would fill the heap
		 * twice.
		 */
		private static final long LITTLE = 128_000_000;

		static volatile @Nullable Object sink;

		private Dropping() {
		}

		public static void main(String[] args) {
			Object[] values = new Object[ENTRIES];
			Arrays.setAll(values, (i) -> new Object());
			for (int i = 0; i < COLLECTIONS && (i % 1000 != 0 || old() <= LITTLE); i++) {
				WeakValueDictionary<Integer, Object> dictionary = new WeakValueDictionary<>();
				for (int k = 0; k < ENTRIES; k++) {
					dictionary.put(k, values[k]);
				}
				sink = dictionary;
			}
			System.out.println((old() <= LITTLE) ? "little has grown old" : old() + " bytes have grown old");
		}

		private static long old() {
			return ManagementFactory.getMemoryPoolMXBeans()
				.stream()
				.filter((pool) -> pool.getName().equals("ZGC Old Generation"))
				.mapToLong((pool) -> pool.getPeakUsage().getUsed())
				.sum();
		}

	}

}
