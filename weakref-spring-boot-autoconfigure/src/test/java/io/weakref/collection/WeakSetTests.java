package io.weakref.collection;

import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.Spliterator;
import java.util.stream.IntStream;

import io.weakref.GarbageCollection;
import io.weakref.cleaner.WeakCleaner;
import io.weakref.reference.ReferentPolicy;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

/**
 * Tests of what {@link WeakSet} promises. The tags have the numbers of the promises.
 */
class WeakSetTests {

	private final WeakSet<Sample> set = builder().build();

	private final List<Object> held = new ArrayList<>();

	private static WeakSet.Builder<Sample> builder() {
		return WeakSet.<Sample>builder().cleaner(WeakDictionaryContract.CLOSED).referentPolicy(ReferentPolicy.LENIENT);
	}

	private static Sample sample(int number) {
		return new Sample(number);
	}

	private void addLive(int... numbers) {
		for (int number : numbers) {
			Sample sample = sample(number);
			this.set.add(sample);
			this.held.add(sample);
		}
	}

	private void addDead(int... numbers) {
		for (int number : numbers) {
			this.set.add(sample(number));
		}
		GarbageCollection.collect();
	}

	/** More elements than those for which {@code size()} counts only live ones. */
	private static int[] many(int from) {
		return IntStream.range(from, from + 10).toArray();
	}

	@Test
	@Tag("promise-25")
	void aDeadElementIsInvisible() {
		addLive(1);
		addDead(many(2));
		assertThat(this.set.size()).isEqualTo(11);
		assertThat(this.set.liveCount()).isEqualTo(1);
		assertThat(this.set.contains(sample(2))).isFalse();
		assertThat(this.set.contains(sample(1))).isTrue();
		assertThat(new ArrayList<>(this.set)).containsExactly(sample(1));
		assertThat(this.set.remove(sample(2))).isFalse();
		assertThat(this.set).hasToString("[sample1]");
	}

	@Test
	@Tag("promise-25")
	void aDeadElementIsRemovedFromTheTableWithoutACall() {
		try (WeakCleaner cleaner = WeakCleaner.builder().threadName("sweeping").build()) {
			WeakSet<Sample> swept = WeakSet.<Sample>builder().cleaner(cleaner).build();
			IntStream.range(0, 100).forEach((i) -> swept.add(sample(i)));
			GarbageCollection.collect();
			GarbageCollection.await(() -> swept.stats().purged() == 100);
			assertThat(swept.isEmpty()).isTrue();
		}
	}

	@Test
	@Tag("promise-27")
	void anElementThatEqualsADeadOneIsAdded() {
		addDead(1);
		Sample fresh = sample(1);
		assertThat(this.set.add(fresh)).isTrue();
		this.set.purge();
		assertThat(this.set.size()).isEqualTo(1);
		assertThat(this.set.iterator().next()).isSameAs(fresh);
	}

	@Test
	@Tag("promise-37")
	void sizeIsRightAfterAPurge() {
		addLive(1);
		addDead(many(2));
		assertThat(this.set.size()).isEqualTo(11);
		this.set.purge();
		assertThat(this.set.size()).isEqualTo(1);
		assertThat(this.set.isEmpty()).isFalse();
	}

	@Test
	@Tag("promise-37")
	void aSizeOfAFewElementsCountsOnlyTheLiveThoughTheDeadAreNotPurged() {
		addLive(1);
		addDead(2, 3, 4, 5, 6, 7, 8);
		assertThat(this.set.size()).isEqualTo(1);
		this.held.clear();
		GarbageCollection.collect();
		assertThat(this.set.isEmpty()).isTrue();
	}

	@Test
	@Tag("promise-38")
	void equalsComparesWhatIsLive() {
		addLive(1);
		addDead(many(2));
		assertThat(this.set.size()).isEqualTo(11);
		assertThat(this.set.equals(Set.of(sample(1)))).isTrue();
		assertThat(this.set.equals(Set.of(sample(1), sample(2)))).isFalse();
		assertThat(this.set.hashCode()).isEqualTo(Set.of(sample(1)).hashCode());
	}

	@Test
	@Tag("promise-39")
	void anIterationShowsNothingTwiceThoughTheTableGrowsAndShrinksMeanwhile() {
		addLive(IntStream.range(0, 10).toArray());
		Iterator<Sample> elements = this.set.iterator();
		List<Sample> seen = new ArrayList<>();
		seen.add(elements.next());
		addDead(IntStream.range(1000, 6000).toArray());
		this.set.purge();
		elements.forEachRemaining(seen::add);
		assertThat(seen).doesNotHaveDuplicates().hasSize(10);
	}

	@Test
	@Tag("promise-40")
	void iteratorRemoveLeavesAReplacement() {
		addLive(1);
		Iterator<Sample> elements = this.set.iterator();
		elements.next();
		this.set.remove(sample(1));
		addLive(1);
		elements.remove();
		assertThat(this.set.contains(sample(1))).isTrue();
		elements = this.set.iterator();
		elements.next();
		elements.remove();
		assertThat(this.set.size()).isZero();
	}

	@Test
	@Tag("promise-42")
	void copiesAreExact() {
		addLive(1, 2);
		addDead(many(3));
		assertThat(this.set.size()).isEqualTo(12);
		assertThat(this.set.spliterator().hasCharacteristics(Spliterator.SIZED)).isFalse();
		assertThat(this.set.toArray()).containsExactlyInAnyOrder(sample(1), sample(2));
		assertThat(this.set.toArray(new Sample[0])).hasSize(2);
		assertThat(this.set.stream().toList()).hasSize(2);
		assertThat(Set.copyOf(this.set)).hasSize(2);
		assertThat(List.copyOf(this.set)).hasSize(2);
	}

	@Test
	@Tag("promise-43")
	void addAllOfItselfChangesNothing() {
		addLive(1, 2);
		Set<Sample> itself = this.set;
		assertThat(this.set.addAll(itself)).isFalse();
		assertThat(this.set.size()).isEqualTo(2);
		assertThat(new WeakSet<>(this.set)).isEqualTo(this.set);
	}

	@Test
	@Tag("promise-45")
	void theSetDiesBeforeItsElements() {
		WeakReference<Object> reference = fill();
		GarbageCollection.until(() -> reference.refersTo(null));
		assertThat(this.held).hasSize(100);
	}

	private WeakReference<Object> fill() {
		WeakSet<Sample> dying = new WeakSet<>();
		for (int i = 0; i < 100; i++) {
			Sample sample = sample(i);
			dying.add(sample);
			this.held.add(sample);
		}
		return new WeakReference<>(dying);
	}

	@Test
	@Tag("promise-47")
	void addKeepsTheFirst() {
		Sample first = sample(1);
		assertThat(this.set.add(first)).isTrue();
		assertThat(this.set.add(sample(1))).isFalse();
		assertThat(this.set.addAll(List.of(sample(1)))).isFalse();
		assertThat(this.set.iterator().next()).isSameAs(first);
		assertThat(this.set.size()).isEqualTo(1);
	}

	@Test
	@Tag("promise-26")
	void withNewestRetentionAddKeepsTheLast() {
		WeakSet<Sample> newest = builder().keyRetention(KeyRetention.NEWEST).build();
		Sample last = sample(1);
		newest.add(sample(1));
		assertThat(newest.add(last)).isFalse();
		GarbageCollection.collect();
		newest.purge();
		assertThat(newest.iterator().next()).isSameAs(last);
		assertThat(newest.size()).isEqualTo(1);
	}

	@Test
	@Tag("promise-47")
	void retainAllAndRemoveAllKeepThisSetsInstances() {
		Sample one = sample(1);
		Sample two = sample(2);
		this.set.addAll(List.of(one, two));
		addLive(3, 4);
		assertThat(this.set.retainAll(Set.of(sample(1), sample(2), sample(3)))).isTrue();
		assertThat(this.set.removeAll(Set.of(sample(3)))).isTrue();
		assertThat(this.set.removeIf((sample) -> sample.number == 7)).isFalse();
		assertThat(this.set.size()).isEqualTo(2);
		assertThat(this.set).usingElementComparator((a, b) -> System.identityHashCode(a) - System.identityHashCode(b))
			.containsExactlyInAnyOrder(one, two);
		this.held.add(one);
		this.held.add(two);
	}

	@Test
	void equalElementsAreTwoIfElementsAreComparedByIdentity() {
		WeakSet<Sample> identity = builder().keyMatch(KeyMatch.IDENTITY).build();
		Sample first = sample(1);
		Sample second = sample(1);
		assertThat(identity.addAll(List.of(first, second))).isTrue();
		assertThat(identity.size()).isEqualTo(2);
		assertThat(identity.contains(sample(1))).isFalse();
		assertThat(identity.remove(sample(1))).isFalse();
		assertThat(identity.remove(first)).isTrue();
		assertThat(new ArrayList<>(identity)).containsExactly(second);
	}

	@Test
	@SuppressWarnings("NullAway") // what null does is the point
	void nullIsRefusedAndNeverContained() {
		for (WeakSet<Sample> set : List.of(this.set, builder().keyMatch(KeyMatch.IDENTITY).build())) {
			assertThatNullPointerException().isThrownBy(() -> set.add(null));
			assertThatNullPointerException().isThrownBy(() -> set.addAll(Arrays.asList(sample(1), null)));
			assertThatNullPointerException().isThrownBy(() -> set.remove(null));
			assertThat(set.contains(null)).isFalse();
		}
	}

	@Test
	void statisticsCountContainsAndAdd() {
		WeakSet<Sample> counted = builder().recordStats(true).build();
		Sample one = sample(1);
		assertThat(counted.contains(one)).isFalse();
		counted.add(one);
		counted.add(one);
		assertThat(counted.contains(one)).isTrue();
		WeakStats stats = counted.stats();
		assertThat(stats.hits()).isEqualTo(1);
		assertThat(stats.misses()).isEqualTo(1);
		assertThat(stats.puts()).isEqualTo(1);
	}

}
